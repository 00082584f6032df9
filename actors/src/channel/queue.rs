//! Puts a topic's broadcasts into the order in which they happened.
//!
//! Two posts that are stored one after the other may be published the other way round: by two workers of one instance, or
//! by two instances, one of which is nearer. So a broadcast may carry its place among those of its topic, and one that
//! comes before its predecessor waits for it, and everything after it does, too.

use std::collections::VecDeque;

/// What may wait at most. Then the predecessor is given up.
const MOST: usize = 256;

/// What waits for its turn. `T` is whatever travels.
pub(super) struct Queue<T> {
    /// The place that comes next; none until the first ones have had time to arrive.
    next: Option<u64>,
    /// In the order of arrival.
    waiting: VecDeque<(Option<u64>, T)>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { next: None, waiting: VecDeque::new() }
    }
}

impl<T> Queue<T> {
    /// Takes what has come. What can be delivered now comes out of [`next`](Self::next).
    pub(super) fn push(&mut self, place: Option<u64>, item: T) {
        self.waiting.push_back((place, item));
        if self.waiting.len() > MOST {
            self.give_up();
        }
    }

    /// What is to be delivered now, one after the other.
    pub(super) fn next(&mut self) -> Option<T> {
        let is_first = self.waiting.front().is_some_and(|(place, _)| self.is_due(*place));
        let turn = if is_first {
            Some(0)
        } else {
            self.waiting.iter().position(|(place, _)| place.is_some() && self.is_due(*place))
        }?;
        let (place, item) = self.waiting.remove(turn)?;
        if let Some(place) = place {
            self.next = self.next.max(Some(place.saturating_add(1)));
        }
        Some(item)
    }

    /// One that is late comes at once: better out of order than never. One without a place comes when nothing waits that
    /// came before it.
    fn is_due(&self, place: Option<u64>) -> bool {
        place.is_none_or(|place| self.next.is_some_and(|next| place <= next))
    }

    /// Whether no place is known yet.
    pub(super) fn begins(&self) -> bool {
        self.next.is_none()
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Everything that waits, in order, without taking it.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.waiting.iter().map(|(_, item)| item)
    }

    /// The predecessor of what waits does not come: goes on with the lowest place there is.
    pub(super) fn give_up(&mut self) {
        let lowest = self.waiting.iter().filter_map(|(place, _)| *place).min();
        self.next = self.next.max(lowest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out after each of these, as one text; the first one has had its time.
    fn order(places: &[(Option<u64>, char)]) -> String {
        let mut queue = Queue::default();
        let mut out = String::new();
        for (place, item) in places {
            queue.push(*place, *item);
            if queue.begins() {
                queue.give_up();
            }
            out.extend(std::iter::from_fn(|| queue.next()));
            out.push(' ');
        }
        while queue.waiting() > 0 {
            queue.give_up();
            out.extend(std::iter::from_fn(|| queue.next()));
        }
        out
    }

    #[test]
    fn whoever_comes_too_early_waits() {
        assert_eq!(order(&[(Some(5), 'a'), (Some(6), 'b'), (Some(7), 'c')]), "a b c ");
        assert_eq!(order(&[(Some(5), 'a'), (Some(7), 'c'), (Some(6), 'b')]), "a  bc ");
        assert_eq!(order(&[(Some(5), 'a'), (Some(8), 'd'), (Some(7), 'c'), (Some(6), 'b')]), "a   bcd ");
    }

    #[test]
    fn the_first_ones_are_put_in_order_too() {
        let mut queue = Queue::default();
        for (place, item) in [(Some(8), 'b'), (Some(7), 'a'), (None, 'x')] {
            queue.push(place, item);
            assert_eq!(queue.next(), None);
        }
        queue.give_up();
        assert_eq!(std::iter::from_fn(|| queue.next()).collect::<String>(), "abx");
    }

    #[test]
    fn what_has_no_place_does_not_overtake() {
        assert_eq!(order(&[(Some(1), 'a'), (Some(3), 'c'), (None, 'x'), (Some(2), 'b')]), "a   bcx ");
        assert_eq!(order(&[(None, 'x'), (Some(9), 'a'), (None, 'y')]), "x a y ");
    }

    #[test]
    fn whoever_is_late_comes_at_once_and_a_lost_one_is_given_up() {
        assert_eq!(order(&[(Some(5), 'a'), (Some(7), 'c'), (Some(9), 'e')]), "a   ce");
        assert_eq!(order(&[(Some(5), 'a'), (Some(4), 'z'), (Some(6), 'b')]), "a z b ");
    }

    #[test]
    fn the_wait_is_bounded() {
        let mut queue = Queue::default();
        queue.push(Some(0), 0);
        queue.give_up();
        assert_eq!(queue.next(), Some(0));
        let most = u64::try_from(MOST).unwrap();
        for place in 2..=most + 1 {
            queue.push(Some(place), place);
            assert_eq!(queue.next(), None);
        }
        queue.push(Some(most + 2), most + 2);
        assert_eq!(std::iter::from_fn(|| queue.next()).count(), MOST + 1);
    }
}
