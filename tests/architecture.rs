//! The borders of the house: who may use whom, and how long a file may be.

#![allow(clippy::unwrap_used, reason = "a test that is wrong ends")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each layer may use of its own crate, from the lowest up. A layer may always use itself.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("request_id", &["model"]),
    ("error", &["model"]),
    ("config", &[]),
    ("events", &["model"]),
    ("storage", &["model", "error"]),
    ("protocol", &["model", "error", "events", "request_id"]),
    ("realtime", &["model", "events", "protocol"]),
    ("mail", &["config"]),
    ("services", &["model", "error", "config", "events", "storage", "realtime", "mail"]),
    ("jobs", &["model", "error", "services"]),
    ("metrics", &["services"]),
    ("telemetry", &["config", "request_id"]),
    ("data_dir", &[]),
    ("api", &["model", "error", "config", "events", "protocol", "realtime", "services", "metrics", "request_id"]),
];

/// Which files alone may name these, by the beginning of their path below `src/`.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("sqlx::query", &["storage", "testing"]),
    ("lettre::", &["mail", "config"]),
    ("actix_web::", &["api"]),
    ("actix_web_actors::", &["api/socket"]),
    ("rustchat_actors", &["realtime", "app", "metrics", "api/socket", "testing"]),
];

const LONGEST_FILE: usize = 500;

#[test]
fn no_layer_uses_one_above_it() {
    let mut crossings = Vec::new();
    for (path, text) in sources("src") {
        let layer = layer(&path);
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == layer) else { continue };
        for used in modules_used(&text) {
            if used != layer && is_layer(&used) && !allowed.contains(&used.as_str()) {
                crossings.push(format!("{}: `{layer}` must not use `{used}`", path.display()));
            }
        }
    }
    assert!(crossings.is_empty(), "\n{}", crossings.join("\n"));
}

#[test]
fn what_belongs_to_one_place_stays_there() {
    let mut strays = Vec::new();
    for (path, text) in sources("src") {
        let inside = path.strip_prefix("src").unwrap().to_string_lossy().into_owned();
        for (name, places) in ONLY_IN {
            if text.contains(name) && !places.iter().any(|place| inside.starts_with(place)) {
                strays.push(format!("{}: `{name}` belongs in {places:?}", path.display()));
            }
        }
    }
    assert!(strays.is_empty(), "\n{}", strays.join("\n"));
}

#[test]
fn every_layer_is_in_the_table() {
    let unknown: BTreeSet<String> = sources("src")
        .map(|(path, _)| layer(&path))
        .filter(|layer| !is_layer(layer) && !["app", "lib", "main", "commands", "testing"].contains(&layer.as_str()))
        .collect();
    assert!(unknown.is_empty(), "say in MAY_USE what these may use: {unknown:?}");
}

#[test]
fn no_file_is_too_long() {
    let code = ["src", "actors", "postgres", "tests", "frontend/src"];
    let long: Vec<String> = code
        .iter()
        .flat_map(|folder| files(Path::new(folder)))
        .filter(|path| !path.to_string_lossy().contains("generated"))
        .filter_map(|path| Some((fs::read_to_string(&path).ok()?.lines().count(), path)))
        .filter(|(lines, _)| *lines > LONGEST_FILE)
        .map(|(lines, path)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "make these folders of the same name:\n{}", long.join("\n"));
}

#[test]
fn uses_are_recognised() {
    let text =
        "use crate::model::{Post, crate_like};\nuse crate::{error::Error, services::{a, b}};\nlet x = crate::api::f();";
    assert_eq!(modules_used(text), ["api", "error", "model", "services"].map(str::to_owned).into());
}

fn is_layer(name: &str) -> bool {
    MAY_USE.iter().any(|(layer, _)| *layer == name)
}

/// The first name below `src/`.
fn layer(path: &Path) -> String {
    let first = path.components().nth(1).unwrap();
    Path::new(first.as_os_str()).file_stem().unwrap().to_string_lossy().into_owned()
}

/// The modules of this crate that a text names, also in groups such as `crate::{a::A, b}`.
fn modules_used(text: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, path) in text.match_indices("crate::") {
        if text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            continue;
        }
        let rest = &text[at + path.len()..];
        match rest.strip_prefix('{') {
            None => used.extend(identifier(rest)),
            Some(group) => used.extend(group_members(group).iter().filter_map(|member| identifier(member))),
        }
    }
    used
}

/// What stands between the commas of a group, up to its closing brace.
fn group_members(group: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut members) = (0, 0, Vec::new());
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' if depth == 0 => {
                members.push(group[begin..at].trim());
                begin = at + 1;
            }
            '}' => {
                members.push(group[begin..at].trim());
                break;
            }
            _ => {}
        }
    }
    members
}

fn identifier(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// Rust files with their text, without comments and without the tests inside them, which may use anything.
fn sources(folder: &str) -> impl Iterator<Item = (PathBuf, String)> {
    files(Path::new(folder))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs") && !is_test(path))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
            let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            (path, code.join("\n"))
        })
}

/// Tests may reach through the layers: they stand outside of them.
fn is_test(path: &Path) -> bool {
    path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_code =
            path.extension().is_some_and(|extension| ["rs", "ts", "vue", "mjs", "py"].iter().any(|e| extension == *e));
        if path.is_dir() && !["node_modules", ".venv", "target"].iter().any(|skipped| path.ends_with(skipped)) {
            found.extend(files(&path));
        } else if is_code {
            found.push(path);
        }
    }
    found
}
