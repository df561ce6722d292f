import { ID_PATTERN } from '../../contract/id-pattern.ts'

/** What a `skill://` URI names: the folder of a skill (an empty path), or a file or folder in it. */
export interface SkillPlace {
  id: string
  path: string
}

/** The file that the URI of a skill names. */
export const SKILL_FILE = 'SKILL.md'
export const SKILL_TEMPLATE = 'skill://{+path}'

const PLACE = /^skill:\/\/(?<id>[a-z0-9-]{2,64})(?:\/(?<path>.{0,3072}))?$/u

export function buildSkillUri({ id, path }: SkillPlace): string {
  const segments = path === '' ? [] : path.split('/').map(encodeURIComponent)
  return `skill://${[id, ...segments].join('/')}`
}

/** Undefined for a URI that names nothing that a skill can have. A slash at the end names the same folder. */
export function parseSkillUri(uri: string): SkillPlace | undefined {
  const { id = '', path = '' } = PLACE.exec(uri)?.groups ?? {}
  if (!ID_PATTERN.test(id)) return undefined
  try {
    return { id, path: decodeURIComponent(path.replace(/\/$/, '')) }
  } catch {
    return undefined
  }
}
