//! Two generations of a topic, compared: on topics that are made for it.

mod diff {
    mod command;
    mod constructed;
    mod edges;
    mod mirrored;
    mod order;
    mod world;
}
