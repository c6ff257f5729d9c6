//! A PostgreSQL server of our own: a directory under the system's temporary one, a socket in it, no port.
//!
//! Each test process starts one when it first needs it, from a cluster that was initialised once and is only copied
//! from then on, so that runners with a process per test stay fast. Nothing outlives the process, however it ends: the
//! kernel tells the shell that watches over the server, and the shell stops it and removes the directory.

use std::{
    env, fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

/// The database's superuser in tests.
const USER: &str = "ringtrue";

/// Runs the server (`$1` and what follows) until it ends or this shell is told to, which stops it without a checkpoint.
/// Then removes the directory (`$0`), unless it is to be kept.
const WATCH: &str = r#"
trap 'kill -QUIT "$server" 2>/dev/null' TERM HUP INT
"$@" & server=$!
while kill -0 "$server" 2>/dev/null; do wait "$server"; done
[ -e "$0/keep" ] || rm -rf -- "$0"
"#;

/// Honest about durability; no port; no work of its own in between.
const OPTIONS: &[&str] = &[
    "listen_addresses=",
    "max_connections=200",
    "shared_buffers=32MB",
    "fsync=on",
    "full_page_writes=on",
    "synchronous_commit=on",
    "autovacuum=off",
];

/// A running server.
pub(crate) struct Server {
    dir: PathBuf,
    bin: PathBuf,
    port: u16,
    /// Settings besides the usual ones.
    options: Vec<String>,
    watch: Option<Child>,
}

impl Server {
    /// The one that all tests of this process share, each with a database of its own. It ends with the process.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// One for the caller alone. It ends when dropped.
    pub(crate) fn start() -> Self {
        Self::start_with(5432, |_| Vec::new())
    }

    /// The same with more settings; `prepare` may write files into the data directory. Its socket is named by a port,
    /// even where it does not listen there.
    pub(crate) fn start_with(port: u16, prepare: impl FnOnce(&Path) -> Vec<String>) -> Self {
        let bin = binaries();
        let dir = scratch();
        let data = dir.join("data");
        copy(&template(&bin), &data);
        let options = prepare(&data);
        own(&data);
        let mut server = Self { dir, bin, port, options, watch: None };
        server.run();
        server
    }

    /// Makes an empty database; answers its URL.
    pub(crate) fn database(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    /// How to reach a database of this server.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@/{database}?host={}", self.dir.display())
    }

    /// Runs statements as the superuser in the database of a URL (or of a name); answers their rows, columns separated
    /// by `|`.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let name = database.rsplit('/').next().unwrap();
        let name = database.split("@/").nth(1).map_or(name, |rest| rest.split('?').next().unwrap());
        let output = Command::new(self.bin.join("psql"))
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"])
            .args(["--username", USER, "--dbname", name, "--command", sql])
            .args(["--port", &self.port.to_string(), "--host"])
            .arg(&self.dir)
            .output()
            .unwrap();
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Stops the server at once: no checkpoint, connections cut in the middle of anything, recovery at the next start.
    pub(crate) fn crash(&mut self) {
        fs::write(self.dir.join("keep"), "").unwrap();
        self.stop();
        fs::remove_file(self.dir.join("keep")).unwrap();
    }

    /// Starts it again on what it left.
    pub(crate) fn restart(&mut self) {
        self.run();
    }

    fn stop(&mut self) {
        let Some(mut watch) = self.watch.take() else { return };
        run(Command::new("kill").args(["-TERM", &watch.id().to_string()]));
        watch.wait().unwrap();
    }

    fn run(&mut self) {
        let log = fs::File::options().create(true).append(true).open(self.dir.join("log")).unwrap();
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "sh", "-c", WATCH]).arg(&self.dir);
        command.args(["setpriv", "--pdeathsig", "INT"]).args(unprivileged());
        command.arg(self.bin.join("postgres")).arg("-D").arg(self.dir.join("data"));
        let socket = format!("unix_socket_directories={}", self.dir.display());
        let port = format!("port={}", self.port);
        let more = self.options.iter().map(String::as_str);
        for option in OPTIONS.iter().copied().chain([socket.as_str(), port.as_str()]).chain(more) {
            command.args(["-c", option]);
        }
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).current_dir("/");
        let (started, answer) = mpsc::channel();
        // The kernel's signal comes when the *thread* ends that started the watch, so this one lasts as the process.
        thread::spawn(move || {
            started.send(command.spawn()).unwrap();
            loop {
                thread::park();
            }
        });
        self.watch = Some(answer.recv().unwrap().expect("setpriv (util-linux) is needed"));
        let began = Instant::now();
        while !self.is_ready() {
            let over = self.watch.as_mut().unwrap().try_wait().unwrap().is_some();
            let log = fs::read_to_string(self.dir.join("log")).unwrap_or_default();
            assert!(!over && began.elapsed() < Duration::from_mins(1), "PostgreSQL does not start: {log}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn is_ready(&self) -> bool {
        let mut ask = Command::new(self.bin.join("pg_isready"));
        ask.args(["--quiet", "--port", &self.port.to_string(), "--host"])
            .arg(&self.dir)
            .status()
            .unwrap()
            .success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Where the programs are: `RINGTRUE_PG_BIN`, Debian's directories (the newest), `PATH`.
fn binaries() -> PathBuf {
    let named = env::var_os("RINGTRUE_PG_BIN").map(PathBuf::from);
    let mut debian: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    debian.sort();
    let path = env::var_os("PATH").unwrap_or_default();
    named
        .into_iter()
        .chain(debian.into_iter().rev().map(|(_, bin)| bin))
        .chain(env::split_paths(&path))
        .find(|bin| ["initdb", "postgres", "psql", "pg_isready"].iter().all(|name| bin.join(name).exists()))
        .expect(
            "PostgreSQL 15 or newer is needed: install it (Debian: apt-get install postgresql) or name the directory \
             of its programs in RINGTRUE_PG_BIN",
        )
}

/// A cluster that was never started, made once per version and kept beside what was built.
fn template(bin: &Path) -> PathBuf {
    let version = Command::new(bin.join("postgres")).arg("--version").output().unwrap().stdout;
    let version: String =
        String::from_utf8(version).unwrap().chars().filter(char::is_ascii_alphanumeric).collect();
    let template = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cluster-{version}"));
    if template.exists() {
        return template;
    }
    let dir = scratch();
    let mut initdb = Command::new("setpriv");
    initdb.args(["--pdeathsig", "TERM"]).args(unprivileged());
    initdb.arg(bin.join("initdb")).args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--no-locale"]);
    run(initdb.args(["--username", USER, "--pgdata"]).arg(dir.join("data")).current_dir("/"));
    let draft = template.with_extension(std::process::id().to_string());
    run(Command::new("cp").arg("-R").arg(dir.join("data")).arg(&draft));
    // Another process may have been first; one is as good as the other.
    if fs::rename(&draft, &template).is_err() {
        fs::remove_dir_all(&draft).unwrap();
    }
    fs::remove_dir_all(dir).unwrap();
    template
}

fn copy(template: &Path, to: &Path) {
    run(Command::new("cp").args(["-R", "--reflink=auto"]).arg(template).arg(to));
}

/// Makes a data directory the server's own.
fn own(data: &Path) {
    if is_root() {
        run(Command::new("chown").args(["-R", "nobody:"]).arg(data));
    }
    run(Command::new("chmod").args(["-R", "u=rwX,go="]).arg(data));
}

/// A new directory for a server, which `nobody` owns when we are root: PostgreSQL does not run as root.
fn scratch() -> PathBuf {
    let dir = tempfile::Builder::new().prefix("ringtrue-pg-").tempdir().unwrap().keep();
    if is_root() {
        run(Command::new("chown").arg("nobody:").arg(&dir));
    }
    dir
}

fn unprivileged() -> &'static [&'static str] {
    if is_root() { &["--reuid=nobody", "--regid=nogroup", "--clear-groups"] } else { &[] }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
