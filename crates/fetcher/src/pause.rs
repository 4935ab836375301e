//! Hosts that want to be left alone: they say so, or do not answer at all. Pure.

use article::host_of;
use jiff::Timestamp;
use pipeline::Table;
use serde::{Deserialize, Serialize};

use crate::outcome::{Outcome, Standing};
use crate::schedule::Pace;

/// Until when a host is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pause {
    pub(crate) until: Timestamp,
    /// How often in a row the host has refused, whatever it was asked for.
    #[serde(default)]
    pub(crate) refusals: u32,
}

/// Notes what an outcome of asking for `url` says of the host that was asked last: until when to leave
/// it alone, where it refused. A host that answers starts anew, and so does that of `url` where it
/// has led to the other.
pub(crate) fn note(
    hosts: &mut Table<String, Pause>,
    pace: &Pace,
    url: &str,
    outcome: &Outcome,
) -> Option<Timestamp> {
    let host = &outcome.host;
    let standing = outcome.standing();
    let first = host_of(url);
    if first != *host && standing != Standing::Unknown {
        hosts.remove(&first);
    }
    match standing {
        Standing::Unknown => None,
        Standing::Answered => {
            hosts.remove(host);
            None
        }
        Standing::Refused => {
            let before = hosts.get(host).map_or(0, |pause| pause.refusals);
            let refusals = before.saturating_add(1);
            let asked = outcome.retry_after(pace.retry_after_max);
            let until = asked.unwrap_or_else(|| pace.throttled(host, refusals, outcome.at));
            hosts.insert(host.clone(), Pause { until, refusals });
            Some(until)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::outcome::{Answer, Trouble};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a small number of seconds")
    }

    fn pace() -> Pace {
        Pace {
            jitter_percent: 0,
            ..Pace::new(&Config::default())
        }
    }

    type Came = Result<Answer, Trouble>;

    fn answer(status: u16, headers: &[(&str, &str)]) -> Answer {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Answer {
            status,
            headers: headers.iter().map(own).collect(),
            ..Answer::default()
        }
    }

    /// How long a host is left alone after each of these, every one of another page.
    #[track_caller]
    fn check(results: &[Came], expected: &[Option<i64>]) {
        let mut hosts = Table::named("hosts");
        let mut waits = Vec::new();
        for (page, result) in results.iter().enumerate() {
            let outcome = Outcome {
                at: at(2_000),
                host: "a.example".into(),
                result: result.clone(),
            };
            let until = note(
                &mut hosts,
                &pace(),
                &format!("http://a.example/{page}"),
                &outcome,
            );
            waits.push(until.map(|until| until.duration_since(outcome.at).as_secs()));
        }
        assert_eq!(waits, expected, "{results:?}");
    }

    #[test]
    fn refusals_in_a_row_count_for_the_host_whatever_it_was_asked_for() {
        let busy = || Ok(answer(429, &[]));
        check(
            &[busy(), busy(), busy(), Ok(answer(200, &[])), busy()],
            &[Some(30), Some(60), Some(120), None, Some(30)],
        );
        let timeout = || Err(Trouble::Timeout("header"));
        let connect = || Err(Trouble::Connect("refused".into()));
        check(
            &[
                timeout(),
                connect(),
                Ok(answer(503, &[])),
                Ok(answer(404, &[])),
                timeout(),
            ],
            &[Some(30), Some(60), Some(120), None, Some(30)],
        );
        let many: Vec<_> = (0..40).map(|_| timeout()).collect();
        let mut waits: Vec<_> = (0..40).map(|n| Some(30 << n.min(20))).collect();
        waits
            .iter_mut()
            .flatten()
            .for_each(|wait| *wait = (*wait).min(21_600));
        check(&many, &waits);
    }

    #[test]
    fn what_a_host_asks_for_is_obeyed_in_bounds() {
        check(
            &[
                Ok(answer(429, &[("retry-after", "7200")])),
                Ok(answer(503, &[("retry-after", "120")])),
                Ok(answer(
                    429,
                    &[("retry-after", "Thu, 01 Jan 1970 00:35:00 GMT")],
                )),
                Ok(answer(429, &[("retry-after", "316800")])),
                Ok(answer(429, &[])),
            ],
            &[Some(7_200), Some(120), Some(100), Some(86_400), Some(480)],
        );
    }

    #[test]
    fn where_nobody_was_asked_nothing_changes() {
        let offline = || Err(Trouble::Offline("a.example".into()));
        let dns = || Err(Trouble::Dns("no such name".into()));
        check(
            &[Ok(answer(429, &[])), offline(), dns(), Ok(answer(429, &[]))],
            &[Some(30), None, None, Some(60)],
        );
        check(&[Ok(answer(500, &[("retry-after", "120")]))], &[None]);
    }

    #[test]
    fn a_redirect_clears_the_host_that_led_on_and_pauses_the_one_that_refused() {
        let mut hosts = Table::named("hosts");
        let mut refuse = |host: &str, url| {
            let outcome = Outcome {
                at: at(0),
                host: host.into(),
                result: Ok(answer(429, &[])),
            };
            note(&mut hosts, &pace(), url, &outcome);
            hosts
                .iter()
                .map(|(host, _)| host.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(refuse("a.example", "http://a.example/1"), ["a.example"]);
        assert_eq!(refuse("b.example", "http://a.example/2"), ["b.example"]);
    }

    #[test]
    fn a_pause_of_before_is_read() {
        let pause: Pause =
            serde_json::from_str("{\"until\":\"1970-01-01T00:00:07Z\"}").expect("a pause");
        assert_eq!((pause.until, pause.refusals), (at(7), 0));
    }
}
