import { MAX_BODY } from '../../../src/contract/source.ts'

export const JSON_BODY = { 'content-type': 'application/json' }
type Body = NonNullable<RequestInit['body']>

export const post = (body: Body, headers: Record<string, string> = JSON_BODY): RequestInit => ({
  method: 'POST',
  headers,
  body,
})
const SEE = 'see /api/openapi.json'
const HERE = 'this path does not exist'
const AGAIN = 'start again without the cursor'
export const SEND_JSON = 'send one JSON value with content-type application/json'
const KINDS = 'known kinds: servers, agents, skills, templates'
const WHOLE = (max: number) => `must be a whole number from 1 to ${max}`
const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A request, and the whole problem that must be its answer. */
export type Case = [
  path: string,
  init: RequestInit | undefined,
  status: number,
  code: string,
  detail: string,
  hint: string,
]

export const PATHS: Case[] = [
  ['/', undefined, 404, 'NOT_FOUND', HERE, SEE],
  ['/api', undefined, 404, 'NOT_FOUND', HERE, SEE],
  ['/api/agents/', undefined, 404, 'NOT_FOUND', HERE, SEE],
  ['/api/agents/steady/nothing', undefined, 404, 'NOT_FOUND', HERE, SEE],
  ['/api/agents/steady/versions/1/more', undefined, 404, 'NOT_FOUND', HERE, SEE],
  ['/api/spells', undefined, 404, 'NOT_FOUND', 'the kind "spells" does not exist', KINDS],
  ['/api/Agents', undefined, 404, 'NOT_FOUND', 'the kind "Agents" does not exist', KINDS],
  ['/api/schemas/spells', undefined, 404, 'NOT_FOUND', 'the kind "spells" does not exist', KINDS],
  ['/api/__proto__', undefined, 404, 'NOT_FOUND', 'the kind "__proto__" does not exist', KINDS],
  [
    '/api/agents/nobody',
    undefined,
    404,
    'NOT_FOUND',
    'the agent "nobody" does not exist',
    'see: /api/agents',
  ],
  [
    '/api/agents/validate',
    undefined,
    404,
    'NOT_FOUND',
    'the agent "validate" does not exist',
    'see: /api/agents',
  ],
  [
    '/api/templates/steady',
    undefined,
    404,
    'NOT_FOUND',
    'the template "steady" does not exist',
    'see: /api/templates',
  ],
  [
    '/api/agents/nobody/versions',
    undefined,
    404,
    'NOT_FOUND',
    'the agent "nobody" does not exist',
    'see: /api/agents',
  ],
  [
    '/api/agents/nobody/bundle',
    undefined,
    404,
    'NOT_FOUND',
    'the agent "nobody" does not exist',
    'see: /api/agents',
  ],
  ...['4', '2147483647'].map(
    (version): Case => [
      `/api/agents/steady/versions/${version}`,
      undefined,
      404,
      'NOT_FOUND',
      `version ${version} of the agent "steady" does not exist`,
      'see: /api/agents/steady/versions',
    ],
  ),
  ...['0', '-1', '1.5', '1e3', '0x1', 'latest', '2147483648', '99999999999'].map(
    (version): Case => [
      `/api/agents/steady/versions/${version}`,
      undefined,
      404,
      'NOT_FOUND',
      `the version "${version}" does not exist`,
      'see the list of its kind',
    ],
  ),
  ...[
    '..%2f..%2fetc',
    'a%00b',
    "x'--",
    'id.eq.1',
    '*',
    'STEADY',
    'con',
    '%E0%A4',
    'steady%20',
    'ste%5cady',
  ].map(
    (id): Case => [
      `/api/agents/${id}`,
      undefined,
      404,
      'NOT_FOUND',
      `the id "${id === '%E0%A4' ? id : decodeURIComponent(id)}" does not exist`,
      'see the list of its kind',
    ],
  ),
]

const wrong = (path: string, detail: string): Case => [path, undefined, 400, 'BAD_REQUEST', detail, SEE]

export const QUERIES: Case[] = [
  ...['0', '501', '-1', '1e1', '', ' 5', '9'.repeat(30)].map((limit) =>
    wrong(`/api/agents?limit=${limit}`, `limit: ${WHOLE(500)}`),
  ),
  wrong('/api/agents?limit=1&limit=2', `limit: ${WHOLE(500)}`),
  wrong('/api/agents?limit=101', `limit: ${WHOLE(100)}, or the view must be "row"`),
  wrong('/api/agents?view=row&limit=501', `limit: ${WHOLE(500)}`),
  wrong('/api/agents?view=table', 'view: must be one of "row", "manifest"'),
  wrong('/api/agents?sort=name', 'sort: must be one of "id", "-updatedAt"'),
  wrong('/api/agents?waiting=false', 'waiting: must be "true"'),
  wrong('/api/agents?owner=', 'owner: must have at least 1 character'),
  wrong(
    '/api/agents?waiting=true&at=2026-01-01',
    'at: does not go together with waiting, held or updatedSince',
  ),
  ...['waiting=true', 'at=2026-01-01', 'at=never'].map(
    (parameter): Case => [
      `/api/agents?${parameter}`,
      undefined,
      401,
      'REMOTE_DENIED',
      `the parameter "${parameter.replace(/=.*/, '')}" needs publisher credentials`,
      'send a secret key as "apikey", or a token as "Authorization: Bearer <token>"',
    ],
  ),
  [
    '/api/kinds?limit=1',
    undefined,
    400,
    'BAD_REQUEST',
    'the parameter "limit" is unknown',
    'remove the parameter',
  ],
  wrong('/api/agents?colour=red', 'the query: has unknown fields: "colour"'),
  wrong('/api/agents?__proto__=1', 'the query: has unknown fields: "__proto__"'),
  wrong(
    '/api/agents?status=live',
    'status.0: must be one of "active", "deprecated", "disabled", "draft", "removed"',
  ),
  wrong('/api/agents?tag=a&tag=b', 'tag: must be a string'),
  wrong('/api/agents?search=', 'search: must have at least 1 character'),
  wrong('/api/agents?search=a%00', 'search: holds a NUL character'),
  wrong(`/api/agents?search=${'a'.repeat(201)}`, 'search: must have at most 200 characters'),
  wrong('/api/events?limit=1001', `limit: ${WHOLE(1000)}`),
  ...['-1', '1.5', 'soon', '', ' 1', '9'.repeat(16)].map((since) =>
    wrong(
      `/api/events?since=${since}`,
      'since: must be the number of an event, "now", or a time with its zone',
    ),
  ),
  [
    '/api/health?deep=1',
    undefined,
    400,
    'BAD_REQUEST',
    'the parameter "deep" is unknown',
    'remove the parameter',
  ],
  wrong('/api/agents/steady/bundle?version=x', `version: ${WHOLE(2_147_483_647)}`),
  ...['1001', '-1', '1.5', 'all', ''].map((context) =>
    wrong(
      `/api/agents/steady/diff?from=1&to=2&context=${context}`,
      'context: must be a whole number from 0 to 1000',
    ),
  ),
  ...['0', 'live', '-1', '2147483648', ''].map((from) =>
    wrong(`/api/agents/steady/diff?from=${from}&to=2`, `from: ${WHOLE(2_147_483_647)}, or "production"`),
  ),
  [
    '/api/agents/steady/diff?from=production&to=2',
    undefined,
    400,
    'BAD_REQUEST',
    'from=production compares a preview',
    'name the preview with ?env=',
  ],
  wrong('/api/agents/steady/diff?from=1', `to: ${WHOLE(2_147_483_647)}`),
  [
    '/api/agents/steady/diff?from=1&to=9',
    undefined,
    404,
    'NOT_FOUND',
    'version 9 of the agent "steady" does not exist',
    'see: /api/agents/steady/versions',
  ],
]

const GIVEN = 'the cursor cannot be used: it does not belong to this list'
const OTHER = 'the cursor cannot be used: it belongs to another list; repeat the filters of the first page'
const NO_EVENT = 'the cursor cannot be used: the registry has no event with that number'
export const CURSORS: Case[] = [
  ...[
    'nonsense',
    '%F0%9F%98%80',
    cursor(null),
    cursor([]),
    cursor({ after: 'a' }),
    cursor({ after: 'a', seq: -1, q: '' }),
    cursor({ after: 1, seq: 1, q: '' }),
    cursor({ after: 'a\0', seq: 1, q: 'b' }),
    cursor({ after: '\ud800', seq: 1, q: 'b' }),
    cursor({ after: 'a', seq: 1, q: 'b', admin: true }),
    `${cursor({ after: 'a', seq: 1, q: 'b' })}x=`,
  ].map((text): Case => [`/api/agents?cursor=${text}`, undefined, 400, 'BAD_CURSOR', GIVEN, AGAIN]),
  [
    `/api/agents?cursor=${cursor({ after: 'a', seq: 1, q: '0'.repeat(16) })}`,
    undefined,
    400,
    'BAD_CURSOR',
    OTHER,
    AGAIN,
  ],
  ['/api/agents?updatedSince=yesterday', undefined, 400, 'BAD_CURSOR', GIVEN, AGAIN],
  [`/api/agents?updatedSince=${cursor({ since: 1e9 })}`, undefined, 400, 'BAD_CURSOR', NO_EVENT, AGAIN],
  ...['x', cursor({ before: 2_147_483_648, of: 'agents/steady' })].map(
    (text): Case => [
      `/api/agents/steady/versions?cursor=${text}`,
      undefined,
      400,
      'BAD_CURSOR',
      GIVEN,
      AGAIN,
    ],
  ),
  [
    `/api/agents/steady/versions?cursor=${cursor({ before: 3, of: 'agents/other' })}`,
    undefined,
    400,
    'BAD_CURSOR',
    'the cursor cannot be used: it belongs to another definition',
    AGAIN,
  ],
]

export const BODIES: Case[] = [
  [
    '/api/agents/validate',
    post('{}', { 'content-type': 'text/plain' }),
    415,
    'CONTENT_TYPE',
    'content-type "text/plain" is not application/json',
    SEND_JSON,
  ],
  [
    '/api/agents/validate',
    post(new Uint8Array([123, 125]), {}),
    415,
    'CONTENT_TYPE',
    'content-type "" is not application/json',
    SEND_JSON,
  ],
  [
    '/api/agents/validate',
    post(new Uint8Array([34, 255, 34])),
    400,
    'BAD_REQUEST',
    'the body is not UTF-8',
    SEND_JSON,
  ],
  [
    '/api/agents/validate',
    post(' '.repeat(MAX_BODY + 1)),
    413,
    'BODY_TOO_LARGE',
    'the body is larger than 1000000 bytes',
    'send less',
  ],
  ['/api/spells/validate', post('{}'), 404, 'NOT_FOUND', 'the kind "spells" does not exist', KINDS],
]

export const METHODS: Case[] = [
  ['PUT', '/api/agents', 'GET, HEAD, OPTIONS'],
  ['POST', '/api/agents', 'GET, HEAD, OPTIONS'],
  ['DELETE', '/api/agents/steady', 'GET, HEAD, OPTIONS'],
  ['PATCH', '/api/agents/validate', 'GET, HEAD, POST, OPTIONS'],
  ['GET', '/api/agents/steady/rollback', 'POST, OPTIONS'],
  ['PROPFIND', '/api/health', 'GET, HEAD, OPTIONS'],
].map(
  ([method, path, allow]): Case => [
    path!,
    { method },
    405,
    'METHOD_NOT_ALLOWED',
    `${method} is not allowed here`,
    `allowed: ${allow}`,
  ],
)
