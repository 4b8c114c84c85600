//! One Orthanc: its tree, its configuration, and the scripts that a pair calls. Its archive and the index of it lie in the
//! same tree, as by default.

use crate::program::{done, until};
use serde_json::{Value, json};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Starts it, stops it, and holds it: what is sent meanwhile is refused, and what was under way is waited for.
const SCRIPT: &str = r#"#!/bin/sh
cd "$(dirname "$0")" || exit 1
running() { [ -e pid ] && kill -0 "$(cat pid)" 2>/dev/null; }
case "$1" in
start) running || { setsid Orthanc conf.json >> log 2>&1 & echo $! > pid; };;
stop) if running; then kill "$(cat pid)"; while running; do sleep 0.05; done; fi; rm -f pid;;
hold) touch held; before=; while now=$(curl -sf "$2/statistics"); [ "$now" != "$before" ]; do before=$now; sleep 0.5; done;;
release) rm -f held;;
esac
"#;

/// Refuses what is sent while it is held.
const FILTER: &str = "function ReceivedInstanceFilter(dicom, origin, info)\n  local held = io.open('HELD', 'r')\n  if held then held:close() return false end\n  return true\nend\n";

pub(crate) struct Orthanc {
    pub(crate) dir: PathBuf,
    pub(crate) http: u16,
    pub(crate) dicom: u16,
}

impl Orthanc {
    /// Configured, not started.
    pub(crate) fn new(dir: &Path) -> Self {
        fs::create_dir(dir).unwrap();
        let server = Self {
            dir: dir.to_owned(),
            http: free_port(),
            dicom: free_port(),
        };
        let held = dir.join("held").display().to_string();
        fs::write(dir.join("filter.lua"), FILTER.replace("HELD", &held)).unwrap();
        fs::write(server.script(), SCRIPT).unwrap();
        fs::set_permissions(server.script(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(dir.join("conf.json"), server.configuration().to_string()).unwrap();
        server
    }

    fn configuration(&self) -> Value {
        let tree = self.tree().display().to_string();
        json!({
            "Name": "archive", "StorageDirectory": tree, "IndexDirectory": tree,
            "HttpPort": self.http, "DicomPort": self.dicom, "DicomAet": "ARCHIVE",
            "RemoteAccessAllowed": false, "AuthenticationEnabled": false,
            "DicomAlwaysAllowStore": true, "StoreMD5ForAttachments": true, "SyncStorageArea": true,
            "LuaScripts": [self.dir.join("filter.lua").display().to_string()],
            "Plugins": [],
        })
    }

    /// Where its archive is.
    pub(crate) fn tree(&self) -> PathBuf {
        self.dir.join("tree")
    }

    pub(crate) fn script(&self) -> PathBuf {
        self.dir.join("orthanc")
    }

    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.http)
    }

    pub(crate) fn start(&self) {
        fs::create_dir_all(self.tree()).unwrap();
        done(Command::new(self.script()).arg("start"));
        until("an Orthanc that answers", || self.ask("/system").is_some());
    }

    /// What it answers; nothing where it does not.
    pub(crate) fn ask(&self, path: &str) -> Option<Vec<u8>> {
        let asked = Command::new("curl")
            .args(["-sf"])
            .arg(format!("{}{path}", self.address()))
            .output();
        let asked = asked.expect("curl is there");
        asked.status.success().then_some(asked.stdout)
    }

    pub(crate) fn statistics(&self) -> Value {
        serde_json::from_slice(&self.ask("/statistics").unwrap()).unwrap()
    }

    /// The instance of a SOP Instance UID, as it would be sent to whoever asks.
    pub(crate) fn instance(&self, uid: &str) -> Option<Vec<u8>> {
        let mut look = Command::new("curl");
        look.args(["-sf", "--data", uid])
            .arg(format!("{}/tools/lookup", self.address()));
        let found: Value = serde_json::from_slice(&done(&mut look).stdout).unwrap();
        let id = found.as_array()?.iter().find(|one| one["Type"] == "Instance")?["ID"]
            .as_str()?
            .to_owned();
        self.ask(&format!("/instances/{id}/file"))
    }
}

impl Drop for Orthanc {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(Command::new(self.script()).arg("stop").status());
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
