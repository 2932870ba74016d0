package io.fineprune.agent.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fineprune.agent.fleet.UserStatus;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** One page of a list of users: of all that are offered no more than the page holds are kept at any time. For one thread. */
final class Page {
    private final UserQuery query;
    private final Comparator<SortKey> order;
    private final PriorityQueue<Row> first;
    private long total;
    private boolean more;

    private record Row(SortKey key, UserStatus user) {}

    Page(UserQuery query, Comparator<SortKey> order) {
        this.query = query;
        this.order = order;
        this.first = new PriorityQueue<>(Comparator.comparing(Row::key, order).reversed());
    }

    void offer(UserStatus user) {
        if (!query.matches(user)) {
            return;
        }
        total++;
        SortKey key = query.order().key(user);
        if (query.after().isPresent() && order.compare(key, query.after().get()) <= 0) {
            return;
        }
        first.add(new Row(key, user));
        if (first.size() > query.limit()) {
            first.remove();
            more = true;
        }
    }

    /** Returns the users of the page, in no particular order. */
    List<ObjectNode> users() {
        return first.stream().map(row -> Json.user(row.user())).toList();
    }

    /** Returns how many users match on all pages together. */
    long total() {
        return total;
    }

    /** Tells whether further users follow after this page. */
    boolean more() {
        return more;
    }
}
