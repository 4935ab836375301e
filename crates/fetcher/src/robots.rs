//! What a site's robots.txt says to us (RFC 9309). Pure: bytes in, rules out.
//!
//! Our own reader, because none of the libraries is right and kept: texting_robots compares agents
//! with the whole group name (so `copydesk/1.0` names nobody) and matches `/fish*$` anywhere in a
//! path, robotxt is made from it, robotstxt ends the process on real files.

mod cache;
mod cached;
mod pattern;

use serde::{Deserialize, Serialize};

pub(crate) use cache::{Cache, origin};
pub(crate) use cached::{Cached, Ruling};
use pattern::{Pattern, path_of};

/// How much of a file is read, in bytes: what RFC 9309 asks for at least.
pub(crate) const MOST: usize = 500 << 10;

/// The rules of one site for one robot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rules: Vec<Rule>,
    /// Milliseconds between two requests, where the site asks for them. No part of the RFC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crawl_delay_ms: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Rule {
    pattern: Pattern,
    allow: bool,
}

/// What a line says.
enum Line<'a> {
    Agent(&'a str),
    Rule(&'a str, bool),
    Delay(&'a str),
}

/// To whom the group that is being read speaks.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Audience {
    us: bool,
    everybody: bool,
}

impl Rules {
    /// The rules for the robot that calls itself `token`. What is no rule is passed over, and so is a
    /// last line that [`MOST`] cuts in two: half a path would forbid more than was meant.
    pub fn read(bytes: &[u8], token: &str) -> Self {
        let bytes = match bytes.get(..MOST) {
            Some(first) if bytes.len() > MOST => {
                let end = first.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'));
                &first[..end.unwrap_or(0)]
            }
            _ => bytes,
        };
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut ours: Option<Self> = None;
        let mut everybodys = Self::default();
        let mut audience = Audience::default();
        let mut names_agents = false;
        for line in bytes.split(|byte| matches!(byte, b'\n' | b'\r')) {
            let line = String::from_utf8_lossy(line);
            let Some(line) = Line::read(&line) else {
                continue;
            };
            if let Line::Agent(name) = line {
                // Agents that follow one another share a group; one that follows a rule begins the next.
                if !names_agents {
                    audience = Audience::default();
                }
                names_agents = true;
                audience.us |= product(name).eq_ignore_ascii_case(token);
                audience.everybody |= is_everybody(name);
                if audience.us {
                    // Whoever is named has rules of his own, be there none.
                    ours.get_or_insert_default();
                }
                continue;
            }
            names_agents = false;
            if audience.us {
                ours.get_or_insert_default().add(&line);
            }
            if audience.everybody {
                everybodys.add(&line);
            }
        }
        ours.unwrap_or(everybodys)
    }

    fn add(&mut self, line: &Line<'_>) {
        match line {
            // An empty path matches nothing.
            Line::Agent(_) | Line::Rule("", _) => {}
            Line::Rule(path, allow) => self.rules.push(Rule {
                pattern: Pattern::new(path),
                allow: *allow,
            }),
            Line::Delay(value) => {
                let seconds: Option<f64> = value.parse().ok();
                if let Some(seconds) = seconds.filter(|seconds| *seconds > 0.0) {
                    // Beyond what fits it is a very long time.
                    let asked = (seconds * 1_000.0) as u64;
                    self.crawl_delay_ms = self.crawl_delay_ms.max(Some(asked));
                }
            }
        }
    }

    /// Whether the robot may ask for `url`: the rule of the longest pattern that matches decides, and
    /// of two that are equally long the one that allows.
    pub fn allow(&self, url: &url::Url) -> bool {
        if url.path() == "/robots.txt" {
            return true;
        }
        let path = path_of(url);
        self.rules
            .iter()
            .filter(|rule| rule.pattern.matches(&path))
            .max_by_key(|rule| (rule.pattern.len(), rule.allow))
            .is_none_or(|rule| rule.allow)
    }

    /// About how many bytes they take.
    pub(crate) fn weight(&self) -> usize {
        let rules = self.rules.iter();
        rules.map(|rule| rule.pattern.len() + 32).sum()
    }
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let line = line.split('#').next().unwrap_or_default();
        let (key, value) = line.split_once(':')?;
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        Some(match key.as_str() {
            "user-agent" | "useragent" | "user agent" => Self::Agent(value),
            "allow" => Self::Rule(value, true),
            // What is meant is plain, and sites do write it.
            "disallow" | "dissallow" | "dissalow" | "disalow" | "diasllow" | "disallaw" => {
                Self::Rule(value, false)
            }
            "crawl-delay" | "crawldelay" => Self::Delay(value),
            _ => return None,
        })
    }
}

/// The product token at the beginning of an agent's name: `copydesk` of `copydesk/0.1.0 (reader)`.
pub(crate) fn product(agent: &str) -> &str {
    let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let end = agent.find(|c| !is_token(c)).unwrap_or(agent.len());
    &agent[..end]
}

fn is_everybody(name: &str) -> bool {
    let rest = name.strip_prefix('*');
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

#[cfg(test)]
mod tests;
