// Says what it was given, hands something on, and ends as it is told; in place of a binary.
"use strict";

const fs = require("node:fs");
const line = { argv: process.argv.slice(2), env: process.env };
fs.appendFileSync(`${__dirname}/record`, JSON.stringify(line) + "\n");
if (process.argv[2] === "--version") {
  console.log(fs.readFileSync(`${__dirname}/version`, "utf8"));
} else if (process.env.WAIT) {
  process.on("SIGTERM", () => process.exit(42));
  setInterval(() => {}, 1000);
  console.log("ready");
} else {
  if (process.env.GITHUB_OUTPUT) fs.appendFileSync(process.env.GITHUB_OUTPUT, "linked=2\n");
  if (process.env.GITHUB_STEP_SUMMARY) fs.appendFileSync(process.env.GITHUB_STEP_SUMMARY, "# Links\n");
  console.log("the report");
  console.error("a message");
  process.exitCode = Number(process.env.EXIT ?? 0);
}
