// Nothing here asks another server: no validator, no fonts, no telemetry.
SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#viewer",
  deepLinking: true,
  validatorUrl: null,
  withCredentials: false,
});
