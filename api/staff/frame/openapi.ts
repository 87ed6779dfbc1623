import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

import { defined } from '../../../domain/text/defined';
import type { StaffRoute } from './define-route';
import { apiPrefix } from './mount-routes';

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    facts: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    faults: z.array(z.object({ field: z.string(), code: z.string(), sentence: z.string() })).optional(),
    current: z.unknown().optional(),
  })
  .meta({ id: 'Problem' });

/** The description of the API, from the very schemas that check requests. */
export function describeApi(routes: readonly StaffRoute[]): object {
  const registry = new OpenAPIRegistry();
  const session = registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-toki-staff',
    description: 'Without `__Host-` on plain http://localhost.',
  });
  for (const route of routes) {
    registry.registerPath({
      method: route.method,
      path: apiPrefix + route.path.replace(/:(\w+)/g, '{$1}'),
      operationId: operationIdOf(route),
      summary: route.summary,
      description: route.roles === 'anyone' ? 'Without a log-in.' : `Roles: ${route.roles.join(', ')}.`,
      security: route.roles === 'anyone' ? [] : [{ [session.name]: [] }],
      request: {
        ...defined({ params: route.params, query: route.query }),
        ...(route.idempotent ? { headers: z.object({ 'Idempotency-Key': z.string().max(150).optional() }) } : {}),
        ...(route.streamed !== undefined
          ? {
              body: {
                required: true,
                content: { [route.streamed]: { schema: z.string().meta({ format: 'binary' }) } },
              },
            }
          : {}),
        ...(route.body ? { body: { required: true, content: { 'application/json': { schema: route.body } } } } : {}),
      },
      responses: {
        ...(route.answer
          ? {
              [route.status ?? 200]: {
                description: 'Done',
                content: { [route.media ?? 'application/json']: { schema: route.answer } },
              },
            }
          : { 204: { description: 'Done' } }),
        default: { description: 'Refused', content: { 'application/problem+json': { schema: problem } } },
      },
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Toki: the city’s staff', version: '1' },
  });
}

/** `post /bookings/:id/confirm` → `postBookingsIdConfirm` */
function operationIdOf({ method, path }: StaffRoute): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
