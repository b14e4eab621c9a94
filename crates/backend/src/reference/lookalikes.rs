//! Words that look like a project's prefix and are not, when nobody has said which projects there are.

/// How much it takes to believe in a prefix all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Only an allow-list, or links to a tracker's pages, make it a project: a history full of `KIP-n` is one full of
    /// proposals.
    Never(&'static str),
    /// Only a history that begins its subjects with it, with number upon number, makes it a project: `MASTER-12` is the
    /// name of a build, `SEP-12` a day.
    Hardly(&'static str),
    /// A history full of different numbers, or a few that tell an item where keys stand, make it a project: drivers for a
    /// database are `JAVA` and `PYTHON`. At the start of a subject such a number is a key by itself: `JAVA-1234: add`.
    Seldom(&'static str),
    /// As much, and nothing is a key by itself: `ESP-8266` and `BUILD-1234` begin subjects, too.
    Rarely(&'static str),
    /// A place where keys stand, such as the start of a subject, makes it a project.
    Often(&'static str),
}

use super::evidence;
use Doubt::{Hardly, Never, Often, Rarely, Seldom};

/// What stands for `#` before the number of an issue or of a pull request.
const HOSTS: &[&str] =
    &["GH", "GHE", "GITHUB", "GITLAB", "ISSUE", "ISSUES", "MR", "PR", "PRS", "PULL", "PULLREQUEST"];

const GROUPS: &[(Doubt, &[&str])] = &[
    (
        Rarely("a character set or an encoding"),
        &[
            "ASCII", "BASE", "BIG5", "CP", "EUC", "GB", "GBK", "IBM", "KOI8", "LATIN", "MAC",
            "SJIS", "TIS", "UCS", "UTF", "WIN", "WINDOWS", "WTF",
        ],
    ),
    (
        Seldom("an algorithm or a protocol"),
        &[
            "AES", "AMQP", "ARGON", "BCRYPT", "BLAKE", "BLAKE2", "BLAKE3", "CBC", "CMAC", "CRC",
            "CTR", "DES", "DH", "DSA", "ECB", "ECDH", "ECDSA", "ED", "EDDSA", "GCM", "HMAC", "HS",
            "IKE", "IP", "IPV", "MD", "MP", "MPEG", "MQTT", "MURMUR", "OAUTH", "OAUTH2", "PBKDF",
            "PKCS", "RC4", "RIPEMD", "RS", "RSA", "SECP", "SHA", "SHA1", "SHA2", "SHA3", "SHAKE",
            "SMB", "SNMP", "SSL", "TCP", "TLS", "UDP", "UUID", "XXH", "XXHASH", "ZSTD",
        ],
    ),
    (Hardly("the status of an answer"), &["HTTP", "HTTPS"]),
    (Hardly("the error code of a database or a compiler"), &["MSB", "ORA", "PLS", "TNS"]),
    (
        Never("a document of a standards body"),
        &[
            "BCP", "CAPEC", "ECMA", "FIPS", "IEC", "IEEE", "ISBN", "ISO", "ISSN", "ITU", "JLS",
            "JSR", "NIST", "OWASP", "PSR", "RFC", "RFCS",
        ],
    ),
    (
        Seldom("a standard"),
        &[
            "ANSI",
            "CPP",
            "DIN",
            "DO",
            "ECMASCRIPT",
            "EN",
            "ES",
            "GOST",
            "MIL",
            "PCI",
            "POSIX",
            "SOC",
            "SP",
            "SQL",
            "STD",
            "TR",
            "UAX",
            "UTR",
            "UTS",
            "WCAG",
        ],
    ),
    (
        Never("an advisory"),
        &[
            "ALAS", "CNNVD", "CNVD", "CVE", "CVSS", "CWE", "DLA", "ELSA", "EUVD", "GHSA", "GMS",
            "JVN", "MDVSA", "MGASA", "NVD", "OSV", "PYSEC", "RHBA", "RHEA", "RHSA", "RUSTSEC",
            "SNYK", "TALOS", "USN", "XSA", "ZDI",
        ],
    ),
    (
        Never("an improvement proposal"),
        &[
            "ADR", "AEP", "AIP", "BEP", "BIP", "CAIP", "CEP", "CIP", "EEP", "EIP", "ERC", "FIP",
            "FLIP", "GEP", "HIP", "IIP", "JEP", "KEP", "KIP", "LIP", "NEP", "NIP", "PEP", "PIP",
            "SIP", "SLEP", "SPIP", "SRFI", "XEP", "ZIP",
        ],
    ),
    (
        Hardly("a rare sort of improvement proposal"),
        &[
            "APE", "CHIP", "DEP", "GIP", "LEP", "MEP", "MIP", "OEP", "QEP", "REP", "RIP", "SEP",
            "TIP", "XIP",
        ],
    ),
    (Never("a number of the code host"), HOSTS),
    (
        Hardly("a version or a branch"),
        &[
            "ALPHA",
            "BETA",
            "BRANCH",
            "FINAL",
            "HEAD",
            "MAIN",
            "MASTER",
            "MILESTONE",
            "NIGHTLY",
            "PATCH",
            "RC",
            "REL",
            "RELEASE",
            "REV",
            "REVISION",
            "SNAPSHOT",
            "STABLE",
            "TRUNK",
            "VER",
            "VERSION",
            "VOL",
        ],
    ),
    (
        Rarely("a version or a build"),
        &["BUILD", "DEVELOP", "EA", "GA", "JOB", "POST", "PRE", "PREVIEW", "RUN", "TAG"],
    ),
    (
        Hardly("a part, a step or a rank"),
        &[
            "APPENDIX", "CHAPTER", "COL", "COLUMN", "DAY", "EXAMPLE", "FIG", "FIGURE", "LEVEL",
            "LINE", "NO", "NUM", "NUMBER", "PAGE", "PART", "PHASE", "PRIORITY", "ROUND", "ROW",
            "SECTION", "SEV", "SPRINT", "STEP", "TABLE", "WEEK", "YEAR",
        ],
    ),
    (
        Rarely("a rank or a sort"),
        &[
            "GROUP", "ITEM", "LAYER", "OPTION", "POINT", "RULE", "STAGE", "TIER", "TOP", "TYPE",
            "UNIT",
        ],
    ),
    (
        Rarely("an expression"),
        &[
            "COUNT", "DEPTH", "DIM", "IDX", "INDEX", "LEN", "LENGTH", "MAX", "MIN", "OFFSET",
            "POS", "SHIFT", "SIZE", "SIZEOF", "START", "WIDTH",
        ],
    ),
    (
        Hardly("a time or a place"),
        &[
            "AD", "APR", "AUG", "BC", "DEC", "FEB", "GMT", "JAN", "JUL", "JUN", "MAR", "MAY",
            "NOV", "OCT", "SEPT", "UTC",
        ],
    ),
    (
        Rarely("hardware or a number format"),
        &[
            "AMD", "ARM", "ARMV", "AVX", "BCM", "BF", "CORTEX", "CTRL", "ALT", "DDR", "ESP",
            "FLOAT", "FP", "GFX", "GTX", "HDMI", "I2C", "IA", "INT", "LTE", "MI", "MIPS", "NVME",
            "PCIE", "PDP", "PPC", "RISC", "RISCV", "RTX", "RV", "SATA", "SM", "STM", "STM32",
            "TPU", "UINT", "USB", "WIFI", "X86",
        ],
    ),
    (
        Seldom("a product's version"),
        &[
            "ANDROID",
            "ANGULAR",
            "BOOTSTRAP",
            "CENTOS",
            "CHATGPT",
            "CLANG",
            "CLAUDE",
            "CUDA",
            "CXX",
            "DEBIAN",
            "DOCKER",
            "EL",
            "FEDORA",
            "GCC",
            "GEMINI",
            "GLM",
            "GPT",
            "GRADLE",
            "HTML",
            "ICU",
            "IE",
            "IOS",
            "JAVA",
            "JRE",
            "JUNIT",
            "JDK",
            "K8S",
            "LLAMA",
            "LLVM",
            "MACOS",
            "MSVC",
            "MYSQL",
            "NODE",
            "NODEJS",
            "OSX",
            "PHP",
            "PHI",
            "PY",
            "PYTHON",
            "QWEN",
            "REACT",
            "RHEL",
            "ROCM",
            "RUBY",
            "RUST",
            "SCALA",
            "UBUNTU",
            "VS",
            "VUE",
            "WINXP",
        ],
    ),
    (Seldom("a licence"), &["AGPL", "BSD", "CDDL", "EPL", "EUPL", "GPL", "LGPL", "MPL"]),
    (
        Rarely("a word with a number"),
        &[
            "APOLLO", "APPROX", "BREAKING", "COVID", "CR", "E2E", "EC", "POOL", "THREAD", "WORKER",
            "XSD", "ERR", "ERROR", "EXIT", "FORMULA", "LP", "NULL", "SARS", "STATUS", "TODO",
            "FIXME", "XX", "XXX", "XXXX",
        ],
    ),
    (
        Often("a placeholder, or a word of every tracker"),
        &[
            "BAR", "BUG", "BUGS", "BZ", "CASE", "DEFECT", "DEMO", "DEV", "EPIC", "FEAT", "FEATURE",
            "FIX", "FOO", "HOTFIX", "JIRA", "KB", "POC", "PROJECT", "QA", "REQ", "SC", "STORY",
            "TASK", "TC", "TEST", "TESTS", "TICKET", "US", "USER", "WORKFLOW",
        ],
    ),
];

/// Words that the branches of a history are named with, often enough to look like a project's: `patch-1`, `wave-12`.
const BRANCHES: &[&str] = &[
    "auto",
    "backport",
    "bp",
    "bug",
    "bugfix",
    "bz",
    "change",
    "codex",
    "conflict",
    "copilot",
    "demo",
    "dev",
    "exercise",
    "experiment",
    "feat",
    "feature",
    "fix",
    "hotfix",
    "iss",
    "lab",
    "lesson",
    "merge",
    "pick",
    "port",
    "rebase",
    "refs",
    "revert",
    "rhbz",
    "sprint",
    "stack",
    "story",
    "task",
    "temp",
    "test",
    "ticket",
    "tmp",
    "try",
    "update",
    "upstream",
    "wave",
    "wip",
    "work",
];

/// Why an upper-case `prefix` is not believed at first sight.
pub(super) fn doubt(prefix: &str) -> Option<Doubt> {
    if prefix.bytes().filter(u8::is_ascii_alphabetic).count() < 2 {
        return Some(Rarely("a letter with a number"));
    }
    group(prefix).or_else(|| numbered(prefix))
}

/// `ISO8859-1` and `UTF16-2` are rarely more than `ISO` and `UTF`; a word of every tracker with a number is a name.
fn numbered(prefix: &str) -> Option<Doubt> {
    let word = prefix.trim_end_matches(|c: char| c.is_ascii_digit());
    match group(word).filter(|_| word.len() < prefix.len())? {
        Never(reason) | Hardly(reason) | Seldom(reason) | Rarely(reason) => Some(Rarely(reason)),
        Often(_) => None,
    }
}

fn group(prefix: &str) -> Option<Doubt> {
    GROUPS.iter().find(|(_, words)| words.contains(&prefix)).map(|(doubt, _)| *doubt)
}

/// The word for a code host's numbers that `prefix` is one slip away from.
pub(super) fn slip_of_host(prefix: &str) -> Option<&'static str> {
    HOSTS.iter().copied().find(|word| word.len() >= 6 && evidence::is_slip(prefix, word))
}

/// Whether a lower-case `prefix` is an everyday word of branches.
pub(super) fn is_branch_word(prefix: &str) -> bool {
    BRANCHES.contains(&prefix)
}

#[cfg(test)]
mod tests {
    use super::{Doubt, GROUPS, doubt};
    use std::collections::HashSet;

    #[test]
    fn every_word_is_there_once_and_could_be_a_prefix() {
        let mut seen = HashSet::new();
        for word in GROUPS.iter().flat_map(|(_, words)| *words) {
            assert!(seen.insert(word), "{word} is there twice");
            assert!(
                word.len() > 1
                    && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()),
                "{word}"
            );
        }
    }

    #[test]
    fn words_differ_in_how_much_it_takes() {
        assert!(matches!(doubt("KIP"), Some(Doubt::Never(_))));
        assert!(matches!(doubt("UTF"), Some(Doubt::Rarely(_))));
        assert!(matches!(doubt("H2"), Some(Doubt::Rarely(_))));
        assert!(matches!(doubt("ISO8859"), Some(Doubt::Rarely(_))));
        assert!(doubt("QA1").is_none());
        assert!(matches!(doubt("TASK"), Some(Doubt::Often(_))));
        assert!(doubt("SHOP").is_none());
    }
}
