/**
 * The whole product in one command: broker, topics, agent and devices on real recordings, with a table at the end. Imports the
 * other packages of the agent except {@code cli}.
 */
@NullMarked
package io.fineprune.agent.demo;

import org.jspecify.annotations.NullMarked;
