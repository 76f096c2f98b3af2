# A server of one binary: VersityGW or MinIO. Context: a folder that holds it.
FROM heliograph-test/debian
ARG SERVER
COPY ${SERVER} /usr/local/bin/${SERVER}
RUN ln -s "/usr/local/bin/${SERVER}" /usr/local/bin/server
ENTRYPOINT ["/usr/local/bin/server"]
