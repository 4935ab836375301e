//! Members of groups: who is not welcome, and who was one.

use pipeline::log::{Change, Claim as _, Log as _, Producer as _};
use rdkafka::types::{RDKafkaApiKey as Api, RDKafkaRespErr as E};

use super::Outcome::{Fatal, Fenced};
use super::{ENDLESS, Mock, await_change, name, outcome_of};

#[test]
fn a_member_that_is_not_welcome_says_so() {
    let mock = Mock::start();
    let unauthorized = E::RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
    for (api, error) in [
        (Api::FindCoordinator, unauthorized),
        (Api::JoinGroup, unauthorized),
        (Api::JoinGroup, E::RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT),
        (
            Api::JoinGroup,
            E::RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL,
        ),
    ] {
        let errors = vec![error; ENDLESS];
        mock.brokers.request_errors(api, &errors);
        let mut member = mock.log.join(&name(), "in").expect("asked");
        let result = await_change(&mut member);
        assert_eq!(outcome_of(&result), Fatal, "{api:?} {error:?}: {result:?}");
        mock.brokers.clear_request_errors(api);
    }
}

#[test]
fn a_member_whose_name_another_took_ends() {
    let mock = Mock::start_for(Some("twin"));
    let fenced = E::RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;

    mock.brokers.request_errors(Api::JoinGroup, &[fenced]);
    let mut late = mock.log.join(&name(), "in").expect("asked");
    let result = await_change(&mut late);
    assert_eq!(outcome_of(&result), Fatal, "{result:?}");

    let (mut early, claim) = mock.join();
    mock.brokers.request_errors(Api::Heartbeat, &[fenced]);
    let mut result = await_change(&mut early);
    if result.is_ok() {
        assert!(!claim.is_current());
        result = await_change(&mut early);
    }
    assert_eq!(outcome_of(&result), Fatal, "{result:?}");
}

#[test]
fn what_a_member_lost_it_cannot_commit() {
    let mock = Mock::start();
    for error in [
        E::RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
        E::RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION,
    ] {
        let (mut member, claim) = mock.join();
        let mut producer = mock.log.producer(&name()).expect("a producer");
        producer.begin().expect("begun");
        producer.send_offsets(&claim, 1).expect("still its own");
        mock.brokers.request_errors(Api::Heartbeat, &[error]);
        let change = await_change(&mut member).expect("it goes on");
        assert_eq!(change, Change::Revoked(0), "{error:?}");
        assert!(!claim.is_current(), "{error:?}");
        let committed = producer.commit();
        assert_eq!(outcome_of(&committed), Fenced, "{error:?}: {committed:?}");
        let sent = producer.send_offsets(&claim, 1);
        assert_eq!(outcome_of(&sent), Fenced, "{error:?}: {sent:?}");
        mock.brokers.clear_request_errors(Api::Heartbeat);
    }
}
