import type { Pointer } from '../diagnostic.ts'
import type { JsonObject } from '../kind.ts'
import { isMarkdown, parseFrontMatter } from './front-matter.ts'
import { type ParsedText, parseJson } from './json-text.ts'
import { valueAt } from './value-at.ts'
import { parseYaml, type YamlLibrary } from './yaml-text.ts'

/** The members of a kind that say in which file its manifest is, and how that file is written. */
export interface ManifestForm {
  readonly manifestFile: string
  readonly manifest?: 'json' | 'front-matter'
}

/** The names that a manifest may have, the usual one first: JSON may be YAML instead. */
export function listManifestFiles({ manifestFile, manifest }: ManifestForm): readonly string[] {
  return manifest === 'front-matter' ? [manifestFile] : [manifestFile, manifestFile.replace(/json$/, 'yaml')]
}

/** The name of the manifest among a definition's files; undefined if the definition has none. */
export function findManifestName(form: ManifestForm, has: (path: string) => boolean): string | undefined {
  return listManifestFiles(form).find(has)
}

/** Parses a manifest by the ending of its name: JSON, YAML, or the front matter of Markdown. Never throws. */
export function parseManifest(
  text: string,
  path: string,
  limits: { depth: number },
  yaml: () => YamlLibrary,
): ParsedText {
  if (path.endsWith('.json')) return parseJson(text, path, limits)
  return isMarkdown(path) ? parseFrontMatter(text, path, limits, yaml) : parseYaml(text, path, limits, yaml())
}

/** The status that an author wrote; `active` if the manifest has none. */
export function statusIn(manifest: JsonObject, place: Pointer = ['status']): unknown {
  return valueAt(manifest, place) ?? 'active'
}
