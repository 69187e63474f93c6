# One image for everything of ours: the server, the workers, the migrations, the Stripe stand-in.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY src ./src
COPY web ./web
RUN npm run build:web

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional packages are Node itself, which this image has, and faster variants of what works without them.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force
COPY db ./db
COPY src ./src
COPY tools ./tools
COPY workers ./workers
COPY --from=build /app/web/dist ./web/dist
# A volume that is mounted here for the first time takes over the folder's owner.
ENV HOLDFAST_DATA=/data
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 3000
CMD ["node", "src/server.ts"]
