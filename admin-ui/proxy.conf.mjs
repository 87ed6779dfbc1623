// The development server's own pages are Angular's; all else is asked of the staff app.
const target = `http://localhost:${process.env.STAFF_PORT ?? '3001'}`;

export default ['/api', '/codec', '/inbox', '/oidc', '/healthz', '/readyz', '/metrics'].reduce(
  (proxy, path) => ({ ...proxy, [path]: { target } }),
  {},
);
