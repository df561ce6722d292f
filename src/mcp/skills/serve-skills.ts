import { ProtocolError, ProtocolErrorCode, type Server } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { skillsAnswer } from '../registry/answers.ts'
import { ApiProblem, type RegistryClient } from '../registry/registry-client.ts'
import { findLiveSkill, readSkillFolder, SKILLS } from './read-skill.ts'
import { buildSkillUri, parseSkillUri, SKILL_FILE } from './uris.ts'

/** The extension by which servers offer Agent Skills (SEP-2640), and what this server does of it. */
export const SKILLS_EXTENSION = { 'io.modelcontextprotocol/skills': { directoryRead: true } }

const PAGE = 50
const LIVE = 'active,deprecated'
const meta = { _meta: z.record(z.string(), z.unknown()).optional() }
const listParams = z.object({ ...meta, cursor: z.string().max(500).optional() })
const getParams = z.object({ ...meta, uri: z.string() })
const folderParams = z.object({ ...listParams.shape, uri: z.string() })

type SkillContent = Pick<z.infer<typeof skillsAnswer>['items'][number], 'id' | 'manifest' | 'files'>

/**
 * Answers the methods of the extension. A list reads one page of heads with what is recorded of their files; a bundle is
 * read when a client reads an asset that is in it.
 * @param modern whether the client speaks a revision in which answers say how long they may be used
 */
export function serveSkills(server: Server, client: RegistryClient, modern: boolean): void {
  const cache = modern ? { ttlMs: 0, cacheScope: 'private' } : {}
  server.setRequestHandler('skills/list', { params: listParams }, async ({ cursor }) => {
    const query = { view: 'manifest', status: LIVE, limit: PAGE, cursor }
    const { body } = await client.get([SKILLS], query).catch(toSkillError)
    const { items, nextCursor } = skillsAnswer.parse(body)
    const skills = items.filter(({ files = [] }) => files.length > 0).map(toSkill)
    return { skills, ...(nextCursor === null ? {} : { nextCursor }), ...cache }
  })
  server.setRequestHandler('skills/get', { params: getParams }, async ({ uri }) => {
    const place = parseSkillUri(uri)
    const skill = place?.path === SKILL_FILE && (await findLiveSkill(client, place.id).catch(toSkillError))
    if (!skill) throw unknownSkill()
    return { skill: toSkill(skill), ...cache }
  })
  server.setRequestHandler('resources/directory/read', { params: folderParams }, async ({ uri, cursor }) => {
    if (cursor !== undefined)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'the cursor does not belong to this list')
    return { resources: await readSkillFolder(client, uri).catch(toSkillError), ...cache }
  })
}

function toSkill({ id, manifest = {}, files = [] }: SkillContent) {
  const resources = files.map(({ path, size, sha256 }) => ({
    uri: buildSkillUri({ id, path }),
    digest: `sha256:${sha256}`,
    size,
  }))
  return { uri: buildSkillUri({ id, path: SKILL_FILE }), frontmatter: manifest, resources }
}

function toSkillError(error: unknown): never {
  if (!(error instanceof ApiProblem)) throw error
  if (error.status === 404 || error.status === 410) throw unknownSkill()
  const code = error.status < 500 ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError
  throw new ProtocolError(code, error.message, error.problem)
}

function unknownSkill() {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, 'this skill does not exist')
}
