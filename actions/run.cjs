// Starts a binary for a GitHub action or an Azure Pipelines task. No dependencies; runs on Node 20 and later.
//
// The runner hands inputs over as INPUT_* variables, and the binary reads them itself: nothing is passed as an
// argument, nothing goes through a shell.
"use strict";

const { spawn, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

/** The only version that this wrapper starts by itself; the workspace's own. */
const VERSION = "0.1.0";

/** Exit code of configuration mistakes, as the binaries have it. */
const CONFIGURATION = 78;

/** What a build needs to know. Everything else in the environment may be a secret, and a build runs others' code. */
const BUILD_ENVIRONMENT =
  /^(PATH|PATHEXT|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAM.*|COMMONPROGRAM.*|SYSTEM(ROOT|DRIVE)|WINDIR|COMSPEC|TE?MP|TMPDIR|CARGO_HOME|CARGO_HTTP_.*|CARGO_NET_.*|RUSTUP_.*|CC|CXX|AR|(HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR))$/i;

/** A problem that a person can solve: what is wrong, and what to do. */
class Problem extends Error {
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

/** Starts `name` for the action or task in `folder`, and ends as it ends. */
function main(name, folder) {
  try {
    start(name, find(name, folder));
  } catch (error) {
    fail(name, error);
  }
}

/** The path of the binary: what was asked for, else the first of the right version, else a new build. */
function find(name, folder) {
  const file = process.platform === "win32" ? `${name}.exe` : name;
  const given = input("binary-path");
  if (given) return chosen(path.resolve(given), file);

  const found = candidates(name, folder, file).find((candidate) => isProgram(candidate) && isVersion(name, candidate));
  if (found) return found;
  if (isTrue(input("allow-build"))) return build(name, path.resolve(folder, "..", ".."), file);
  throw new Problem(
    `no ${name} ${VERSION} on PATH or in the tool cache`,
    "install it in an earlier step, set the input 'binary-path', or set 'allow-build' to 'true' where Rust is installed",
  );
}

function chosen(given, file) {
  const inside = path.join(given, file);
  const found = [given, inside].find(isProgram);
  if (found) return found;
  throw new Problem(`${given} is no program`, "correct the input 'binary-path', and check that the file may be executed");
}

/** Where a binary may lie: PATH, the runner's tool cache, beside the wrapper as a packed task has it. */
function candidates(name, folder, file) {
  // An empty or relative entry means the work tree, which belongs to whoever wrote the commit.
  const onPath = (process.env.PATH ?? "").split(path.delimiter).filter(path.isAbsolute);
  const caches = [process.env.RUNNER_TOOL_CACHE, process.env.AGENT_TOOLSDIRECTORY].filter(Boolean);
  const cached = caches.map((cache) => path.join(cache, name, VERSION, process.arch));
  const packed = path.join(folder, "bin", `${process.platform}-${process.arch}`);
  makeExecutable(path.join(packed, file));
  return [...onPath, ...cached, packed].map((place) => path.join(place, file));
}

/** An extension's package does not keep the permission to execute. */
function makeExecutable(file) {
  try {
    if (fs.existsSync(file) && !isProgram(file)) fs.chmodSync(file, 0o755);
  } catch {} // Somebody else's: it is no candidate, and others may be there.
}

function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function isVersion(name, file) {
  // Without the inputs, which would become arguments.
  const { stdout } = spawnSync(file, ["--version"], { encoding: "utf8", env: buildEnvironment(), timeout: 10_000 });
  const said = (stdout ?? "").trim();
  if (said !== `${name} ${VERSION}`) process.stderr.write(`skipped ${file}: it is not ${name} ${VERSION}\n`);
  return said === `${name} ${VERSION}`;
}

function build(name, source, file) {
  const places = (process.env.PATH ?? "").split(path.delimiter).filter(path.isAbsolute);
  const cargo = places.map((place) => path.join(place, path.extname(file) ? "cargo.exe" : "cargo")).find(isProgram);
  if (!cargo) throw new Problem(`build ${name}: cargo is not on PATH`, "install Rust in an earlier step");
  if (!fs.existsSync(path.join(source, "Cargo.lock"))) {
    throw new Problem(`build ${name}: there is no source at ${source}`, "use the action from its repository, or set the input 'binary-path'");
  }
  const target = path.join(source, "target");
  const args = ["build", "--release", "--locked", "--package", name, "--target-dir", target];
  const { status, error } = spawnSync(cargo, args, { cwd: source, env: buildEnvironment(), stdio: ["ignore", 2, 2] });
  if (status === 0) return path.join(target, "release", file);
  throw new Problem(`build ${name}: cargo ${error ? error.message : "failed"}`, "look at cargo's own messages above");
}

function buildEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => BUILD_ENVIRONMENT.test(name)));
}

/** Runs the binary on this process's own streams; passes signals on, and its exit code back. */
function start(name, file) {
  const child = spawn(file, [], { stdio: "inherit", windowsHide: true });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(name, new Problem(`${file}: ${error.message}`, "check that the binary is made for this system")));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + os.constants.signals[signal]));
}

/** Says what is wrong in the words of the host, on standard error, which every host reads too. */
function fail(name, error) {
  const hint = error.hint ?? "report this with the log of the step";
  process.stderr.write(`${annotation(`cannot start ${name}: ${error.message}\nhint: ${hint}`)}\n`);
  process.exitCode = CONFIGURATION;
}

function annotation(text) {
  const escaped = (percent) => text.replaceAll("%", percent).replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  if (process.env.GITHUB_ACTIONS === "true") return `::error::${escaped("%25")}`;
  if (process.env.TF_BUILD) return `##vso[task.logissue type=error]${escaped("%AZP25")}`;
  return `error: ${text}`;
}

/** An input by its kebab-case name: GitHub keeps the hyphen, Azure Pipelines has camel case. */
function input(name) {
  const upper = name.toUpperCase();
  const spellings = [upper, upper.replaceAll("-", "_"), upper.replaceAll("-", "")];
  return spellings.map((spelling) => process.env[`INPUT_${spelling}`]?.trim()).find(Boolean);
}

function isTrue(text) {
  return ["true", "1", "yes", "on"].includes((text ?? "").toLowerCase());
}

module.exports = { main };
