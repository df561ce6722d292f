import * as z from 'zod'
import type { JsonObject, Kind } from '../contract/kind.ts'
import { previewName } from '../contract/protocol/preview.ts'
import { ENV_HEADER, ENV_PARAMETER } from './http/environment.ts'
import { chooseTag, renderDescription, TAGS } from './openapi-groups.ts'
import * as history from './reads/history-shapes.ts'
import * as shapes from './reads/shapes.ts'
import type { Documented, Route } from './route.ts'

/** The document's named shapes; a shape of a single route is written in the route. */
const NAMES: Record<string, z.ZodType> = {
  Problem: shapes.problem,
  DefinitionList: shapes.definitionList,
  Definition: shapes.definition,
  VersionList: shapes.versionList,
  Version: shapes.revision,
  VersionDiff: shapes.versionDiff,
  ReleaseList: history.releaseList,
  Release: history.wholeRelease,
  EventPage: history.eventList,
}

const shapeNames = new Map(Object.entries(NAMES).map(([name, shape]) => [shape, name]))

/** Refusals that several routes have. */
const REFUSALS: Record<number, string> = {
  400: 'The query, the body or the environment name is invalid.',
  401: 'Credentials are missing or invalid.',
  403: 'The caller may not do this.',
  404: 'The kind, definition or preview does not exist, or the caller may not see it.',
  413: 'The body is too large.',
  414: 'The path is longer than 512 characters.',
  415: 'The body is not JSON.',
  429: 'Too many requests; `Retry-After` says when to continue.',
  500: 'The server failed; the problem has the id of the request.',
  503: 'The registry cannot be reached; `Retry-After` says when to try again.',
}

const SECURITY_SCHEMES = {
  secretKey: {
    type: 'apiKey',
    in: 'header',
    name: 'apikey',
    description: 'A secret key of the project.',
  },
  publisher: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A publisher’s token.',
  },
}

/** The OpenAPI 3.1 document of routes, made from the same data as the app. */
export function describeApi(routes: readonly Route[], kinds: readonly Kind[]): JsonObject {
  const paths: Record<string, JsonObject> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route, kinds) }
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'NOFX registry',
      version: '1',
      description:
        'Published agents, task templates, skills and MCP servers. Errors are answered with problem details.',
    },
    servers: [{ url: '/', description: 'The deployment that this document was read from.' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: namedSchemas(),
      responses: Object.fromEntries(
        Object.entries(REFUSALS).map(([status, description]) => [
          `Problem${status}`,
          problemResponse(description),
        ]),
      ),
      securitySchemes: SECURITY_SCHEMES,
    },
  }
}

function describeRoute(route: Route, kinds: readonly Kind[]): JsonObject {
  const { name, summary, access, body } = route
  const credentials = [{ secretKey: [] }, { publisher: [] }]
  return {
    operationId: name,
    tags: [chooseTag(route)],
    summary,
    description: renderDescription(route),
    parameters: [
      ...(route.path.includes(':kind') ? [kindParameter(kinds)] : []),
      ...describeParameters('path', route.params),
      ...describeParameters('query', route.query),
      ...(takesPreview(route) ? describeParameters('query', preview) : []),
      ...headerParameters(route),
    ],
    ...(body
      ? {
          requestBody: { required: true, content: { 'application/json': { schema: inline(body, 'input') } } },
        }
      : {}),
    responses: describeResponses(route),
    security: access === 'public' ? [{}, ...credentials] : credentials,
  }
}

function kindParameter(kinds: readonly Kind[]): JsonObject {
  return {
    name: 'kind',
    in: 'path',
    required: true,
    schema: { type: 'string', enum: kinds.map(({ id }) => id) },
  }
}

function describeParameters(place: 'path' | 'query', shape: z.ZodType | undefined): JsonObject[] {
  if (!shape) return []
  const { properties = {}, required = [] } = inline(shape, 'input') as {
    properties?: Record<string, JsonObject>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    description,
    schema,
    ...(schema.type === 'array' ? { style: 'form', explode: false } : {}),
  }))
}

/** How a request names a preview. */
const preview = z.object({
  [ENV_PARAMETER]: previewName
    .optional()
    .describe('The preview to use, for publishers; production by default.'),
})
const PREVIEW_HEADER = {
  [ENV_HEADER]: {
    description: `The same as \`${ENV_PARAMETER}\`; a request that has both must give the same name in both.`,
  },
}

const takesPreview = ({ previews }: Route) => previews !== false

const CONDITIONAL = { 'If-None-Match': { description: 'The `ETag` of an earlier answer.' } }

function headerParameters(route: Route): JsonObject[] {
  const { headers, responses } = route
  const all: NonNullable<Route['headers']> = {
    ...(takesPreview(route) ? PREVIEW_HEADER : {}),
    ...(responses[304] ? CONDITIONAL : {}),
    ...headers,
  }
  return Object.entries(all).map(([name, { description, required = false }]) => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
  }))
}

function describeResponses(route: Route): JsonObject {
  const own = Object.entries(route.responses).map(([status, documented]) => [
    status,
    describeResponse(Number(status), documented, route),
  ])
  const shared = [
    400,
    401,
    ...(route.access === 'publisher' || takesPreview(route) ? [403] : []),
    ...(route.path.includes(':') || takesPreview(route) ? [404] : []),
    ...(route.method === 'POST' ? [413, 415] : []),
    414,
    429,
    500,
    503,
  ]
  const refused = shared.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }])
  return Object.fromEntries([...refused, ...own])
}

function describeResponse(
  status: number,
  { description, schema, type }: Documented,
  route: Route,
): JsonObject {
  const headers = describeHeaders(status, route)
  const response = headers === undefined ? { description } : { description, headers }
  const json = schema ? { 'application/json': { schema: refer(schema) } } : {}
  const other = type ? { [type]: { schema: { type: schema ? 'string' : 'object' } } } : {}
  if (schema || type) return { ...response, content: { ...json, ...other } }
  return status >= 400 ? problemResponse(description) : response
}

function describeHeaders(status: number, { responses }: Route): JsonObject | undefined {
  const text = { schema: { type: 'string' } }
  if (status === 302) return { Location: text }
  return responses[304] && (status === 200 || status === 304) ? { ETag: text } : undefined
}

function problemResponse(description: string): JsonObject {
  return { description, content: { 'application/problem+json': { schema: refer(shapes.problem) } } }
}

const PLACE = '#/components/schemas/'

function refer(shape: z.ZodType): JsonObject {
  const name = shapeNames.get(shape)
  return name === undefined ? inline(shape, 'output') : { $ref: `${PLACE}${name}` }
}

function inline(shape: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io, target: 'draft-2020-12' })
  return schema
}

function namedSchemas(): Record<string, JsonObject> {
  return Object.fromEntries(Object.entries(NAMES).map(([name, shape]) => [name, inline(shape, 'output')]))
}
