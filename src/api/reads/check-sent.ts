import { Buffer } from 'node:buffer'
import * as yaml from 'yaml'
import { type Checked, checkDefinition } from '../../contract/check/check.ts'
import type { Diagnostic, Finding } from '../../contract/diagnostic.ts'
import { isError } from '../../contract/diagnostic.ts'
import { ALONE, type Definition, type Description, type Kind } from '../../contract/kind.ts'
import { foldLines } from '../../contract/manifest/fold-lines.ts'
import { readManifest } from '../../contract/manifest/read-manifest.ts'
import { ASSETS, type Source, type SourceFile } from '../../contract/source.ts'
import { scanSuspects } from '../../contract/text/secret-scan.ts'
import { locate } from '../../core/validate/locate.ts'
import { checkReferences } from '../../core/validate/references.ts'

/** A definition as a caller sends it. */
export interface Sent {
  /** The folder's name; without it the manifest's own id. */
  id?: string
  /** By path inside the folder. */
  files: ReadonlyMap<string, string>
  /** False: the manifest came alone, so that files it names may well exist. */
  whole: boolean
}

/** What the registry has of definitions, by `<kind>/<id>`. */
type LookUp = (names: { kind: string; id: string }[]) => Promise<ReadonlyMap<string, Description>>

/** What is found in what was sent. `more`: how many findings there are beyond those that are told. */
export interface Verdict {
  diagnostics: Diagnostic[]
  more: number
}

const PORTS = { yaml: () => yaml }

/** Findings that are told: a body of our size can have 40,000, and an answer of Vercel's holds fewer. */
const MOST = 500

/**
 * The findings of `nofx validate` on one definition, in order; `path` is that inside the folder, empty for the folder
 * itself. Of very many, errors are told first. Other definitions are those of the registry. Never throws on content.
 */
export async function checkSent(kind: Kind, sent: Sent, lookUp: LookUp): Promise<Verdict> {
  const source = sourceOf(kind, sent)
  const alone = checkDefinition(source, kind, ALONE, PORTS)
  const others = alone.definition ? await lookUp(kind.references(alone.definition)) : new Map()
  const checked = others.size > 0 ? checkAmong(source, kind, alone, others) : alone
  const own = [...checked.findings, ...(await scanSuspects(source, checked.suspects))]
  const findings = sent.whole ? own : own.filter(({ rule }) => rule !== 'NOFX_FILE_MISSING')
  if (checked.definition && !findings.some(isError))
    findings.push(...(await checkNames(kind, checked.definition, others)))
  const texts = new Map(source.files.map(({ path, text = '' }) => [path, text]))
  const told = worstFirst(findings).slice(0, MOST).map(pointAtAbsent)
  const located = await locate(told, { kind: kind.id, id: source.id, dir: '', texts })
  const diagnostics = located.map((one) => ({ ...one, path: one.path.replace(/^\//, '') }))
  return { diagnostics, more: findings.length - told.length }
}

function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings.filter(isError), ...findings.filter((one) => !isError(one))]
}

/** Points at the field that is missing: who fills in a form wants to know which. Its place stays that of its parent. */
export function pointAtAbsent(finding: Finding): Finding {
  const { pointer = [], absent } = finding
  return absent === undefined ? finding : { ...finding, pointer: [...pointer, absent] }
}

function sourceOf(kind: Kind, { id, files: texts }: Sent): Source {
  const files = [...texts].map(toFile).sort((a, b) => (a.path < b.path ? -1 : 1))
  const source = { kind: kind.id, id: id ?? kind.singular, files, findings: [] }
  return id === undefined ? { ...source, id: idIn(source, kind) ?? source.id } : source
}

function toFile([path, raw]: [string, string]): SourceFile {
  const text = foldLines(raw)
  return path.startsWith(ASSETS)
    ? { path, size: Buffer.byteLength(raw) }
    : { path, size: Buffer.byteLength(text), text }
}

/** The id that the manifest gives itself, in whatever spelling. */
function idIn(source: Source, kind: Kind): string | undefined {
  const manifest = readManifest(source, kind, PORTS.yaml, [])
  if (!manifest) return undefined
  const id = (kind.normalize?.(manifest.raw, manifest.file.path).manifest ?? manifest.raw)[kind.idField]
  return typeof id === 'string' ? id : undefined
}

function checkAmong(
  source: Source,
  kind: Kind,
  { definition }: Checked,
  others: ReadonlyMap<string, Description>,
) {
  const find = (of: string, id: string) =>
    of === kind.id && id === source.id && definition ? kind.describe(definition) : others.get(`${of}/${id}`)
  return checkDefinition(source, kind, { find }, PORTS)
}

/** A definition that names itself means what is sent, unless that is a draft and another version is live. */
async function checkNames(
  kind: Kind,
  definition: Definition,
  others: ReadonlyMap<string, Description>,
): Promise<Finding[]> {
  const self = kind.describe(definition)
  const entry = {
    kind: kind.id,
    id: definition.id,
    status: () => self.status,
    references: kind.references(definition),
    demands: kind.demands?.(definition) ?? [],
  }
  const findings = await checkReferences([entry], (of, id) => {
    const there = others.get(`${of}/${id}`)
    const isSelf = of === kind.id && id === definition.id
    return (isSelf && (self.status !== 'draft' || !there) ? self : there) ?? 'missing'
  })
  return findings.get(entry) ?? []
}
