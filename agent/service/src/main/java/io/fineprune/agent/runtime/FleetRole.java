package io.fineprune.agent.runtime;

import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** What each part of a fleet may do on a cluster with ACLs, and no more. */
public enum FleetRole {
    /** Writes its events and acknowledgements, reads masks. */
    DEVICE,
    /** Runs the application: its internal topics, consumer groups and transactions besides. */
    AGENT,
    /** Writes commands, reads reports, acknowledgements, dead letters and masks. */
    OPERATOR;

    /**
     * The ACLs of the role.
     *
     * @param principal such as User:agent
     * @param applicationId the agents' application.id, with which their internal topics, groups and transactions begin
     */
    public List<AclBinding> acls(Topics topics, String principal, String applicationId) {
        Grants grants = new Grants(principal);
        switch (this) {
            case DEVICE -> {
                grants.write(topics.sensorEvents(), topics.maskAcknowledgements());
                grants.read(topics.pruningMasks(), topics.pruningMaskChunks());
            }
            case OPERATOR -> {
                grants.write(topics.pruningCommands());
                grants.read(
                        topics.pruningReports(),
                        topics.maskAcknowledgements(),
                        topics.sensorEventsDeadLetters(),
                        topics.pruningMasks(),
                        topics.pruningMaskChunks());
            }
            case AGENT -> {
                grants.read(
                        topics.sensorEvents(),
                        topics.pruningCommands(),
                        topics.pruningReports(),
                        topics.maskAcknowledgements(),
                        topics.feedbackLabels(),
                        topics.pruningMasks(),
                        topics.pruningMaskChunks());
                grants.write(
                        topics.pruningMasks(),
                        topics.pruningMaskChunks(),
                        topics.pruningReports(),
                        topics.sensorEventsDeadLetters());
                grants.prefixed(ResourceType.TOPIC, applicationId + "-", AclOperation.ALL);
                grants.prefixed(ResourceType.GROUP, applicationId, AclOperation.READ);
                grants.prefixed(
                        ResourceType.TRANSACTIONAL_ID, applicationId, AclOperation.WRITE, AclOperation.DESCRIBE);
            }
        }
        return List.copyOf(grants.bindings);
    }

    private static final class Grants {
        private final List<AclBinding> bindings = new ArrayList<>();
        private final String principal;

        Grants(String principal) {
            this.principal = principal;
        }

        void read(TopicDescriptor<?, ?>... topics) {
            for (TopicDescriptor<?, ?> topic : topics) {
                add(ResourceType.TOPIC, topic.name(), PatternType.LITERAL, AclOperation.READ);
            }
        }

        void write(TopicDescriptor<?, ?>... topics) {
            for (TopicDescriptor<?, ?> topic : topics) {
                add(ResourceType.TOPIC, topic.name(), PatternType.LITERAL, AclOperation.WRITE);
            }
        }

        void prefixed(ResourceType type, String prefix, AclOperation... operations) {
            for (AclOperation operation : operations) {
                add(type, prefix, PatternType.PREFIXED, operation);
            }
        }

        private void add(ResourceType type, String name, PatternType pattern, AclOperation operation) {
            bindings.add(new AclBinding(
                    new ResourcePattern(type, name, pattern),
                    new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW)));
        }
    }
}
