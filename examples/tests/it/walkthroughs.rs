//! What the pages of the products show is what their programs print.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use crate::kit::Example;
use examples::products::{
    awork::Awork, buuky::Buuky, josys::Josys, rydoo::Rydoo, staffomatic::Staffomatic,
};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn the_page_of_the_project_tool_shows_what_happens() {
    walk_through::<Awork>("awork");
}

#[test]
fn the_page_of_desk_booking_shows_what_happens() {
    walk_through::<Buuky>("buuky");
}

#[test]
fn the_page_of_it_administration_shows_what_happens() {
    walk_through::<Josys>("josys");
}

#[test]
fn the_page_of_expenses_shows_what_happens() {
    walk_through::<Rydoo>("rydoo");
}

#[test]
fn the_page_of_the_shift_planner_shows_what_happens() {
    walk_through::<Staffomatic>("staffomatic");
}

/// Runs the commands of a page in their order, each in the folder in which the one before has left its files.
fn walk_through<P: Example>(page: &str) {
    let page = Path::new(REPOSITORY).join(format!("docs/products/{page}.md"));
    let page = fs::read_to_string(page).expect("there is a page");
    let home = tempfile::TempDir::new().expect("a folder");
    let folder = built::<P>(home.path());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(
        [folder.clone()]
            .into_iter()
            .chain(std::env::split_paths(&path)),
    );
    let path = path.expect("the folder has an ordinary name");
    let mut walked = 0;
    for (command, shown) in commands(&page) {
        // The build is done, and not everybody has a program that looks into databases.
        if ["cargo ", "sqlite3 "]
            .iter()
            .any(|it| command.starts_with(it))
        {
            continue;
        }
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(&folder)
            .env("PATH", &path)
            .env_remove("PERSONIO_CLIENT_ID")
            .env_remove("PERSONIO_CLIENT_SECRET")
            .output()
            .expect("there is a shell");
        // Progress is for those who wait; what went wrong is all that is left of some commands.
        let printed = match output.stdout.is_empty() {
            true => output.stderr,
            false => output.stdout,
        };
        let printed = String::from_utf8(printed).expect("it prints text");
        let printed: Vec<&str> = printed.trim_end().lines().collect();
        assert!(
            agree(&shown, &printed),
            "$ {command}\nthe page says:\n{}\nit prints:\n{}",
            shown.join("\n"),
            printed.join("\n")
        );
        walked += 1;
    }
    assert!(walked > 3, "the page shows how it is used");
}

/// Lays out what a newcomer has after the build.
fn built<P: Example>(home: &Path) -> PathBuf {
    let folder = home.join("target/debug");
    fs::create_dir_all(&folder).expect("can be made");
    symlink(P::PROGRAM, folder.join(P::NAME)).expect("can be linked");
    let examples = Path::new(REPOSITORY).join("examples");
    symlink(examples, home.join("examples")).expect("can be linked");
    folder
}

/// Returns the commands of a page, each with the lines that it shows for it.
fn commands(page: &str) -> Vec<(&str, Vec<&str>)> {
    let mut commands: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut is_shown = false;
    for line in page.lines() {
        match (line, line.strip_prefix("$ ")) {
            ("```console", _) => is_shown = true,
            ("```", _) => is_shown = false,
            (_, Some(command)) if is_shown => commands.push((command, Vec::new())),
            _ if is_shown => {
                if let Some((_, shown)) = commands.last_mut() {
                    shown.push(line);
                }
            }
            _ => {}
        }
    }
    for (_, shown) in &mut commands {
        while shown.last().is_some_and(|line| line.is_empty()) {
            shown.pop();
        }
    }
    commands
}

/// Tells whether lines are as shown, where `…` stands for any number of lines, or for any part of one.
fn agree(shown: &[&str], printed: &[&str]) -> bool {
    let Some((first, rest)) = shown.split_first() else {
        return printed.is_empty();
    };
    if first.trim() == "…" {
        return (0..=printed.len()).any(|from| agree(rest, &printed[from..]));
    }
    let Some((line, others)) = printed.split_first() else {
        return false;
    };
    is_line(first, line) && agree(rest, others)
}

fn is_line(shown: &str, printed: &str) -> bool {
    let mut left = printed;
    let mut parts = shown.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(after) = left.strip_prefix(first) else {
        return false;
    };
    left = after;
    let mut is_open = false;
    for part in parts {
        is_open = true;
        let Some(place) = left.find(part) else {
            return false;
        };
        left = &left[place + part.len()..];
        if !part.is_empty() {
            is_open = false;
        }
    }
    is_open || left.is_empty()
}
