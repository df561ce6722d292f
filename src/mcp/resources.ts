import {
  type ListResourcesResult,
  type ListResourceTemplatesResult,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server'
import { nameOf } from '../contract/name.ts'
import { type ListedItem, listAnswer, type McpDefinition } from './registry/answers.ts'
import { decodeKindCursor, encodeKindCursor, placeAfter } from './registry/kind-cursor.ts'
import { mediaType } from './registry/media-type.ts'
import { readDefinition } from './registry/read-definition.ts'
import { ApiProblem, type McpKind, type RegistryClient } from './registry/registry-client.ts'
import { buildUri, parseUri, TEMPLATES } from './registry/uris.ts'
import { readSkillFile, SKILLS } from './skills/read-skill.ts'
import { buildSkillUri, SKILL_FILE, SKILL_TEMPLATE } from './skills/uris.ts'

const PAGE = 100
const JSON_TYPE = 'application/json'
/** How long a client may keep a version without asking again, milliseconds: it can only be withdrawn. */
const KEEP_VERSION_MS = 86_400_000

/** Names of what this server adds to `_meta`. */
export const META = { version: 'dev.nofx/version', digest: 'dev.nofx/digest', role: 'dev.nofx/role' }

/** One page of the definitions of one kind, which the cursor leads to. */
export async function listResources(
  client: RegistryClient,
  kinds: readonly McpKind[],
  cursor: string | undefined,
): Promise<ListResourcesResult> {
  const place = decodeKindCursor(cursor, kinds)
  if (!place) return { resources: [] }
  const { body } = await client.get([place.kind], { limit: PAGE, cursor: place.cursor })
  const { items, nextCursor } = listAnswer.parse(body)
  const next = placeAfter(place, nextCursor, kinds)
  return {
    resources: items.flatMap(describeItem),
    ...(next ? { nextCursor: encodeKindCursor(next) } : {}),
  }
}

function describeItem({ kind, id, name, summary, version, digest, status }: ListedItem): Resource[] {
  const description = { title: name, description: summary }
  const definition = {
    uri: buildUri({ kind, id }),
    name: nameOf({ kind, id }),
    ...description,
    mimeType: JSON_TYPE,
    _meta: { [META.version]: version, [META.digest]: digest },
  }
  if (kind !== SKILLS || (status !== 'active' && status !== 'deprecated')) return [definition]
  const uri = buildSkillUri({ id, path: SKILL_FILE })
  return [definition, { uri, name: id, ...description, mimeType: 'text/markdown' }]
}

/** The templates of the URIs that can be read. */
export function listResourceTemplates(kinds: readonly McpKind[]): ListResourceTemplatesResult {
  const definition = { mimeType: JSON_TYPE }
  const ofSkill = { uriTemplate: SKILL_TEMPLATE, name: 'skill-file', title: 'A file of a live skill' }
  return {
    resourceTemplates: [
      { ...definition, uriTemplate: TEMPLATES.definition, name: 'definition', title: 'The live version' },
      { ...definition, uriTemplate: TEMPLATES.version, name: 'version', title: 'A version' },
      { uriTemplate: TEMPLATES.file, name: 'file', title: 'A text of the live version' },
      { uriTemplate: TEMPLATES.fileOfVersion, name: 'file-of-version', title: 'A text of a version' },
      ...(kinds.some(({ id }) => id === SKILLS) ? [ofSkill] : []),
    ],
  }
}

/**
 * A definition as JSON, or one of its texts; a file of a skill.
 * @throws ProtocolError
 */
export async function readResource(
  client: RegistryClient,
  kinds: readonly McpKind[],
  uri: string,
): Promise<ReadResourceResult> {
  if (uri.startsWith('skill://') && kinds.some(({ id }) => id === SKILLS))
    return readSkillFile(client, uri).catch((error) => {
      throw toProtocolError(error, uri)
    })
  const place = parseUri(uri)
  if (!place || !kinds.some(({ id }) => id === place.kind)) throw new ResourceNotFoundError(uri)
  const { definition } = await readDefinition(client, place).catch((error) => {
    throw toProtocolError(error, uri)
  })
  const { version, digest } = definition
  const content = place.path === undefined ? describe(definition) : readText(definition, place.path, uri)
  return {
    contents: [{ uri, ...content, _meta: { [META.version]: version, [META.digest]: digest } }],
    ...(place.version === undefined ? {} : { ttlMs: KEEP_VERSION_MS }),
  }
}

/** A refusal of the API as an error of the protocol. */
export function toProtocolError(error: unknown, uri: string): unknown {
  if (!(error instanceof ApiProblem)) return error
  if (error.status === 404 || error.status === 410) return new ResourceNotFoundError(uri, error.message)
  const code = error.status < 500 ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError
  return new ProtocolError(code, error.message, error.problem)
}

function describe({ texts: _, metadata: description, ...definition }: McpDefinition) {
  const { name, summary, tags } = description
  return { mimeType: JSON_TYPE, text: JSON.stringify({ name, summary, tags, ...definition }) }
}

function readText({ texts, files }: McpDefinition, path: string, uri: string) {
  const text = Object.hasOwn(texts, path) ? texts[path] : undefined
  if (text !== undefined) return { mimeType: mediaType(path), text }
  const isAsset = files.some((file) => file.path === path)
  throw new ResourceNotFoundError(
    uri,
    isAsset ? 'this file is an asset: it is in the bundle alone' : undefined,
  )
}
