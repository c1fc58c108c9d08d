//! What a process gives up before it parses what anybody may have made: the network, every file, other programs. Owns: taking
//! it away, and saying what this system lets be taken away. Refuses: time and memory (`child`).
//!
//! The bytes of the file are read before; what is left is a pipe to whoever waits for the text. Two walls, where the system has
//! them: seccomp refuses the calls, Landlock refuses the files.

use serde::{Deserialize, Serialize};
use std::path::Path;

/// The hidden subcommand that confines itself and says what it cannot do any more.
pub const SUBCOMMAND: &str = "probe-reader";

/// What a confined process cannot do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confined {
    /// It reaches no network.
    pub network: bool,
    /// It opens and makes no files.
    pub files: bool,
    /// It starts no programs.
    pub programs: bool,
}

impl Confined {
    /// Whether nothing is left open.
    pub fn is_whole(self) -> bool {
        self.network && self.files && self.programs
    }

    /// In words, for whoever runs the server.
    pub fn told(self) -> String {
        let open: Vec<&str> = [
            (self.network, "reach the network"),
            (self.files, "open files"),
            (self.programs, "start programs"),
        ]
        .into_iter()
        .filter(|(confined, _)| !confined)
        .map(|(_, what)| what)
        .collect();
        match open.as_slice() {
            [] => "readers of files reach no network, no other file and no program".into(),
            open => format!(
                "this system does not let readers of files be confined: one that a file took over could {}",
                open.join(", ")
            ),
        }
    }
}

/// Gives up what reading does not need; for ever, and for whatever this process starts.
#[cfg(target_os = "linux")]
pub fn confine() {
    use landlock::{ABI, Access, AccessFs, Ruleset, RulesetAttr};
    use rlimit::Resource;
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};

    // nothing is written but into pipes that are open
    let _ = Resource::FSIZE.set(0, 0);
    let _ = Resource::NOFILE.set(32, 32);
    let rules = Ruleset::default().handle_access(AccessFs::from_all(ABI::V5));
    let _ = rules.and_then(Ruleset::create).and_then(landlock::RulesetCreated::restrict_self);
    let refused: &[i64] = &[
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept4,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_openat,
        libc::SYS_openat2,
        libc::SYS_unlinkat,
        libc::SYS_renameat2,
        libc::SYS_linkat,
        libc::SYS_symlinkat,
        libc::SYS_mkdirat,
        libc::SYS_mknodat,
        libc::SYS_fchmodat,
        libc::SYS_fchownat,
        libc::SYS_truncate,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_open,
        libc::SYS_pidfd_getfd,
        libc::SYS_bpf,
        libc::SYS_io_uring_setup,
        libc::SYS_userfaultfd,
        libc::SYS_mount,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_keyctl,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_open,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_creat,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_unlink,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_rename,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_mkdir,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_link,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_symlink,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_fork,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_vfork,
    ];
    let Ok(arch) = std::env::consts::ARCH.try_into() else { return };
    let rules = refused.iter().map(|call| (*call, vec![])).collect();
    // refused like something that is not permitted: a library that only asks goes on
    let no = SeccompAction::Errno(u32::try_from(libc::EPERM).unwrap_or(1));
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, no, arch);
    if let Ok(program) = filter.and_then(BpfProgram::try_from) {
        let _ = apply_filter(&program);
    }
}

/// Elsewhere there are no such walls.
#[cfg(not(target_os = "linux"))]
pub fn confine() {}

/// Confines itself, tries everything, and prints what could not be done. Gives the exit code.
pub fn run() -> i32 {
    let here = std::env::current_exe().unwrap_or_default();
    let file = std::env::temp_dir().join(format!("mitochi-probe-{}", std::process::id()));
    confine();
    let network = std::net::UdpSocket::bind("127.0.0.1:0").is_err()
        && std::net::TcpListener::bind("127.0.0.1:0").is_err();
    let files = std::fs::write(&file, "x").is_err() && std::fs::read(&here).is_err();
    let _ = std::fs::remove_file(&file);
    let programs = std::process::Command::new(&here).arg("--version").output().is_err();
    match serde_json::to_string(&Confined { network, files, programs }) {
        Ok(line) => {
            println!("{line}");
            0
        }
        Err(_) => 1,
    }
}

/// What this system lets a reader give up; `program` is the executable to start.
pub async fn probe(program: &Path) -> Confined {
    let output = tokio::process::Command::new(program).arg(SUBCOMMAND).env_clear().output().await;
    let told = output.ok().and_then(|output| serde_json::from_slice(&output.stdout).ok());
    told.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_is_named() {
        let whole = Confined { network: true, files: true, programs: true };
        assert!(whole.is_whole() && whole.told().contains("no network"));
        let half = Confined { files: false, ..whole };
        assert!(!half.is_whole() && half.told().ends_with("could open files"));
    }
}
