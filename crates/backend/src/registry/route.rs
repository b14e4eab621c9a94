//! Routes: which tracker takes an id, told by what the id begins with.

use crate::model::WorkItemId;

/// Ids that begin like this belong to that tracker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// `SHOP` for `SHOP-12`, `AB#` for `AB#12`, `acme/shop#` for `acme/shop#7`, `#` for `#7`; in any case.
    pub prefix: String,
    /// Name of the tracker.
    pub tracker: String,
}

impl Route {
    /// How many characters of the id the route speaks of; `None` where it does not fit. The longest fits best.
    pub fn fits(&self, id: &WorkItemId) -> Option<usize> {
        let id = id.as_str().trim();
        let prefix = self.prefix.trim_end_matches(['-', '#']);
        let length = prefix.len();
        let head = id.get(..length)?;
        // A key's prefix ends at the hyphen and a repository's at the hash, so that `SHOP` takes no `SHOPPING-1`.
        let ends = match self.prefix.strip_prefix(prefix) {
            Some("") => id[length..].starts_with(['-', '#']),
            Some(end) => id[length..].starts_with(end),
            None => false,
        };
        (head.eq_ignore_ascii_case(prefix) && ends).then_some(length + 1)
    }
}

/// The name of the tracker that takes an id: of several routes that fit the longest counts, of equal ones the first.
pub(super) fn tracker<'a>(routes: &'a [Route], id: &WorkItemId) -> Option<&'a str> {
    let fitting = routes.iter().rev().filter_map(|route| Some((route.fits(id)?, route)));
    fitting.max_by_key(|(length, _)| *length).map(|(_, route)| route.tracker.as_str())
}

/// The routes without those whose ids an earlier one takes.
pub(super) fn distinct(routes: Vec<Route>) -> Vec<Route> {
    let mut kept: Vec<Route> = Vec::new();
    for route in routes {
        if !kept.iter().any(|known| known.prefix.eq_ignore_ascii_case(&route.prefix)) {
            kept.push(route);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_fits_what_begins_like_it() {
        let check = |prefix: &str, id: &str, fits: bool| {
            let route = Route { prefix: prefix.to_owned(), tracker: String::new() };
            assert_eq!(route.fits(&WorkItemId::new(id)).is_some(), fits, "{prefix} {id}");
        };
        check("SHOP", "SHOP-12", true);
        check("shop-", "SHOP-12", true);
        check("SHOP", "shop-12", true);
        check("SHOP", "SHOPPING-12", false);
        check("SHOP", "SHOP", false);
        check("AB#", "AB#12", true);
        check("AB#", "ab#12", true);
        check("AB#", "AB-12", false);
        check("#", "#7", true);
        check("#", "acme/shop#7", false);
        check("acme/shop#", "Acme/Shop#7", true);
        check("acme/shop", "acme/shop#7", true);
        check("acme/shop", "acme/shop/more#7", false);
        check("SHOP", "日本-1", false);
        check("日本", "日本-1", true);
    }
}
