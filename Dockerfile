# Build with `docker compose build`. In the container, the service listens on all addresses; compose publishes it on loopback only.
FROM node:24-bookworm-slim AS build
WORKDIR /app
# The npm package contains what cpu and webgpu need. For CUDA, set this to "" and add the CUDA libraries.
ARG ONNXRUNTIME_NODE_INSTALL=skip
ENV ONNXRUNTIME_NODE_INSTALL=$ONNXRUNTIME_NODE_INSTALL
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production AEVB_HOST=0.0.0.0 AEVB_PORT=8080 AEVB_DATA_DIR=/data
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The paper's curves, which `reproduce` plots behind its own.
COPY docs/paper ./docs/paper
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]
