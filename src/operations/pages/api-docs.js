// Shows our own document only: no address from the query, no validator at another site.
globalThis.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#api-docs',
  deepLinking: true,
  validatorUrl: null,
  queryConfigEnabled: false,
  presets: [globalThis.SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
});
