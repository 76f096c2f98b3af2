#!/usr/bin/env bash
# kafka-tools is not on Maven Central: the little of kafka-topics.sh that is used here.
exec java -Xmx128m -Dlogback.configurationFile=/opt/kafka/config/logback.xml \
  -cp '/opt/kafka/libs:/opt/kafka/libs/*' CreateTopic "$@"
