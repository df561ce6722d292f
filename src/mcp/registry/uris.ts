import { ID_PATTERN } from '../../contract/id-pattern.ts'

/** What a `nofx://` URI names: a definition, one version of it, or a file of either. */
export interface ResourcePlace {
  kind: string
  id: string
  version?: number
  path?: string
}

/** The templates of all resources; `resources/list` lists those of the first. */
export const TEMPLATES = {
  definition: 'nofx://{kind}/{id}',
  version: 'nofx://{kind}/{id}@{version}',
  file: 'nofx://{kind}/{id}/files/{+path}',
  fileOfVersion: 'nofx://{kind}/{id}@{version}/files/{+path}',
}

const PLACE =
  /^nofx:\/\/(?<kind>[a-z][a-z0-9_-]{0,63})\/(?<id>[a-z0-9-]{2,64})(?:@(?<version>[1-9]\d{0,9}))?(?:\/files\/(?<path>.{1,3072}))?$/u

export function buildUri({ kind, id, version, path }: ResourcePlace): string {
  const at = version === undefined ? '' : `@${version}`
  const file = path === undefined ? '' : `/files/${path.split('/').map(encodeURIComponent).join('/')}`
  return `nofx://${kind}/${id}${at}${file}`
}

/** Undefined for a URI that names nothing that a registry can have. */
export function parseUri(uri: string): ResourcePlace | undefined {
  const { kind = '', id = '', version, path } = PLACE.exec(uri)?.groups ?? {}
  if (!ID_PATTERN.test(id)) return undefined
  const file = path === undefined ? undefined : decode(path)
  if (path !== undefined && file === undefined) return undefined
  return {
    kind,
    id,
    ...(version === undefined ? {} : { version: Number(version) }),
    ...(file === undefined ? {} : { path: file }),
  }
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
