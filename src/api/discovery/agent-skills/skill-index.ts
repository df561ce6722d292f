import * as z from 'zod'
import { sha256 } from '../../../contract/digest.ts'
import { definitionId } from '../../../contract/fields/id.ts'
import { answerOfSize, answerTooLarge } from '../../http/answer-size.ts'
import { phrase } from '../../http/parameters.ts'
import { refuse } from '../../http/problem.ts'
import { registryTag } from '../../http/tags.ts'
import { findLive, type LiveRow } from '../../reads/read-live.ts'
import { defineRoute, type RouteCall } from '../../route.ts'
import { type Download, listDownloads } from './list-downloads.ts'

const BASE = '/.well-known/agent-skills'
const KIND = 'skills'
const MANIFEST = 'SKILL.md'
const ARCHIVE = /^([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\.tar\.gz$/
/** Archives beyond this size are redirected to storage, bytes: platforms limit the size of an answer. */
const MAX_ARCHIVE = 4_000_000
/** How long the address of an archive in storage is valid, seconds. */
const VALID_FOR = 60

const TAGS = [`registry-${KIND}`]

const index = z.strictObject({
  $schema: z.string(),
  skills: z.array(
    z.strictObject({
      name: z.string(),
      type: z.enum(['skill-md', 'archive']),
      description: z.string(),
      url: z.string(),
      digest: z.string().describe('`sha256:` and the hash of the bytes at `url`.'),
    }),
  ),
})

const query = z.strictObject({
  owner: phrase(200).optional().describe('Only skills of exactly this owner.'),
  tag: phrase(100).optional().describe('Only skills with exactly this tag.'),
})

/** `GET /.well-known/agent-skills/index.json`: every live skill. */
export const listSkills = defineRoute({
  method: 'GET',
  path: `${BASE}/index.json`,
  name: 'listSkills',
  summary: 'List the live skills, or some of them, as Agent Skills Discovery 0.2.0 has it.',
  access: 'public',
  previews: false,
  discovery: true,
  cost: 5,
  query,
  responses: {
    200: { description: 'The index.', schema: index },
    304: { description: 'Not modified since the answer with this ETag.' },
    422: { description: 'The index is larger than an answer may be: a filter makes it smaller.' },
  },
  handle: async ({
    ports,
    query: filters,
    conditional,
    matches,
  }: RouteCall<unknown, z.infer<typeof query>>) => {
    const etag = registryTag(await ports.newest(), ['agent-skills', filters])
    if (conditional && matches(etag)) return { status: 304, etag, cacheTags: TAGS }
    const skills = (await listDownloads(ports, KIND, filters)).map(toEntry)
    const $schema = 'https://schemas.agentskills.io/discovery/0.2.0/schema.json'
    const body = { $schema, skills } satisfies z.infer<typeof index>
    const refusal = () =>
      answerTooLarge(
        `an index of ${skills.length} skills`,
        'ask for a part of it: index.json?tag=…, or ?owner=…',
      )
    return { ...answerOfSize(body, refusal), etag, cacheTags: TAGS }
  },
})

/** A skill of one file is that file; any other one is its archive as storage has it, whose hash the registry knows. */
function toEntry({ id, description, path, sha256: hash }: Download) {
  const isOneFile = path === MANIFEST
  return {
    name: id,
    type: isOneFile ? ('skill-md' as const) : ('archive' as const),
    description: typeof description === 'string' ? description : '',
    url: isOneFile ? `${BASE}/${id}/${MANIFEST}` : `${BASE}/${id}.tar.gz`,
    digest: `sha256:${hash}`,
  }
}

const namePath = z.object({ name: definitionId })

/** `GET /.well-known/agent-skills/:name/SKILL.md`: the text of a live skill. */
export const showSkill = defineRoute({
  method: 'GET',
  path: `${BASE}/:name/${MANIFEST}`,
  name: 'showSkill',
  summary: 'Get the SKILL.md of a live skill.',
  access: 'public',
  previews: false,
  discovery: true,
  params: namePath,
  responses: {
    200: { description: 'The file.', type: 'text/markdown' },
    304: { description: 'Not modified since the answer with this ETag.' },
    404: { description: 'The skill does not exist or is not live.' },
  },
  handle: async ({ ports, params, matches }: RouteCall<z.infer<typeof namePath>>) => {
    const row = await requireSkill(ports.reader(), params.name)
    const text = row.texts[MANIFEST] ?? ''
    const etag = sha256(text)
    const cacheTags = [...TAGS, `registry-${KIND}-${row.id}`]
    if (matches(etag)) return { status: 304, etag, cacheTags }
    return { content: { type: 'text/markdown; charset=utf-8', bytes: text }, etag, cacheTags }
  },
})

const archived = z.object({ archive: z.string().max(80).regex(ARCHIVE) })

/** `GET /.well-known/agent-skills/:name.tar.gz`: the files of a live skill, at the root of the archive. */
export const downloadSkill = defineRoute({
  method: 'GET',
  path: `${BASE}/:archive`,
  name: 'downloadSkill',
  summary: 'Get the archive (`<name>.tar.gz`) of a live skill.',
  access: 'public',
  previews: false,
  discovery: true,
  params: archived,
  responses: {
    200: { description: 'A gzipped tar of the files.', type: 'application/gzip' },
    302: { description: 'Redirects to storage, for a large archive.' },
    304: { description: 'Not modified since the answer with this ETag.' },
    404: { description: 'The skill does not exist or is not live.' },
  },
  handle: async ({ ports, params, matches }: RouteCall<z.infer<typeof archived>>) => {
    const row = await requireSkill(ports.reader(), ARCHIVE.exec(params.archive)?.[1] ?? '')
    const cacheTags = [...TAGS, `registry-${KIND}-${row.id}`]
    if (matches(row.sha256)) return { status: 304, etag: row.sha256, cacheTags }
    if (row.size > MAX_ARCHIVE) {
      const { data } = await ports.service.storage.from('registry').createSignedUrl(row.path, VALID_FOR)
      if (data) return { status: 302, headers: { location: data.signedUrl } }
    }
    const bytes = await ports.registry.download(row.path)
    return { content: { type: 'application/gzip', bytes }, etag: row.sha256, cacheTags }
  },
})

async function requireSkill(client: Parameters<typeof findLive>[0], id: string): Promise<LiveRow> {
  const row = await findLive(client, KIND, id)
  if (row) return row
  throw refuse(404, 'NOT_FOUND', `the skill "${id}" does not exist`, `see ${BASE}/index.json`)
}
