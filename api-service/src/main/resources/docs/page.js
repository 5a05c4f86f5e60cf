// The page at /docs: shows /openapi.yaml, each request ready to be tried.
const dark = matchMedia("(prefers-color-scheme: dark)");
const colour = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", colour);
colour();

SwaggerUIBundle({
  dom_id: "#api",
  url: "/openapi.yaml",
  layout: "BaseLayout",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  defaultModelExpandDepth: 2,
  defaultModelsExpandDepth: 0,
  // Would send the description to a validator on the internet.
  validatorUrl: null,
});
