import { Buffer } from 'node:buffer'
import * as yaml from 'yaml'
import { type CheckResult, checkDefinition } from '../../contract/check/check.ts'
import type { Diagnostic, Finding } from '../../contract/diagnostic.ts'
import { isError } from '../../contract/diagnostic.ts'
import { sha256 } from '../../contract/digest.ts'
import {
  ALONE,
  type Definition,
  type Description,
  type FileEntry,
  type Kind,
  manifestId,
} from '../../contract/kind.ts'
import { foldLines } from '../../contract/manifest/fold-lines.ts'
import { readManifest } from '../../contract/manifest/read-manifest.ts'
import { nameOf } from '../../contract/name.ts'
import { ASSETS, type Source, type SourceFile } from '../../contract/source.ts'
import { scanSuspects } from '../../contract/text/secret-scan.ts'
import type { ContentState } from '../../core/diff/compare.ts'
import { locate } from '../../core/validate/locate.ts'
import { checkReferences } from '../../core/validate/references.ts'

/** A definition in a request. */
export interface SentFolder {
  /** The folder's name; without it the manifest's own id is used. */
  id?: string
  /** Texts by path inside of the folder. */
  files: ReadonlyMap<string, string>
  /** Files below `assets/` whose content was not sent. */
  assets?: ReadonlyMap<string, { size: number; sha256: string }>
  /** False: only the manifest was sent, so the files that it names may exist. */
  whole: boolean
}

/** Reads descriptions of definitions from the registry, by `<kind>/<id>`. */
type FindDescriptions = (names: { kind: string; id: string }[]) => Promise<ReadonlyMap<string, Description>>

/** The findings about a definition in a request. `more`: the number of findings that are left out. */
export interface SentVerdict {
  diagnostics: Diagnostic[]
  more: number
  /** The definition with the hashes of its files, if its manifest has the right shape. */
  state?: ContentState
}

const PORTS = { yaml: () => yaml }

/**
 * The most findings in an answer: a body of the allowed size can have 40,000, more than an answer of Vercel can hold.
 */
const MOST = 500

/** Rules that need every file, so that they say nothing about a folder that was sent in part. */
const NEEDS_ALL_FILES: ReadonlySet<string> = new Set(['NOFX_FILE_MISSING', 'NOFX_SECRET_EXAMPLE'])

/**
 * The findings of `nofx validate` on one definition, in order;
 * `path` is relative to the folder and empty for the folder
 * itself. When there are too many, errors come first. Other
 * definitions are read from the registry. Never throws on content.
 */
export async function checkSent(
  kind: Kind,
  folder: SentFolder,
  lookUp: FindDescriptions,
): Promise<SentVerdict> {
  const source = buildSource(kind, folder)
  const alone = checkDefinition(source, kind, ALONE, PORTS)
  const others = alone.definition ? await lookUp(kind.references(alone.definition)) : new Map()
  const checked = others.size > 0 ? checkAmong(source, kind, alone, others) : alone
  const own = [...checked.findings, ...(await scanSuspects(source, checked))]
  const findings = folder.whole ? own : own.filter(({ rule }) => !NEEDS_ALL_FILES.has(rule))
  if (checked.definition && !findings.some(isError))
    findings.push(...(await checkNames(kind, checked.definition, others)))
  const texts = new Map(source.files.map(({ path, text = '' }) => [path, text]))
  const worst = worstFirst(findings).slice(0, MOST).map(pointAtAbsent)
  const located = await locate(worst, { kind: kind.id, id: source.id, dir: '', texts })
  const diagnostics = located.map((one) => ({ ...one, path: one.path.replace(/^\//, '') }))
  const { definition } = checked
  const state = definition && { ...definition, files: source.files.map((file) => hashed(file, folder)) }
  return { diagnostics, more: findings.length - worst.length, state }
}

/** A file with the hash of what a publish would store: texts with folded line ends, assets as they are. */
function hashed({ path, size, text }: SourceFile, { files, assets }: SentFolder): FileEntry {
  return { path, size, sha256: assets?.get(path)?.sha256 ?? sha256(text ?? files.get(path) ?? '') }
}

function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings.filter(isError), ...findings.filter((one) => !isError(one))]
}

/**
 * Appends the missing field to the pointer: a form has to know
 * which field it is. The position stays that of the parent.
 */
export function pointAtAbsent(finding: Finding): Finding {
  const { pointer = [], absent } = finding
  return absent === undefined ? finding : { ...finding, pointer: [...pointer, absent] }
}

function buildSource(kind: Kind, { id, files: texts, assets = new Map() }: SentFolder): Source {
  const assetFiles = [...assets]
    .filter(([path]) => !texts.has(path))
    .map(([path, { size }]) => ({ path, size }))
  const files = [...[...texts].map(toFile), ...assetFiles].sort((a, b) => (a.path < b.path ? -1 : 1))
  const source = { kind: kind.id, id: id ?? kind.singular, files, findings: [] }
  return id === undefined ? { ...source, id: idIn(source, kind) ?? source.id } : source
}

function toFile([path, raw]: [string, string]): SourceFile {
  const text = foldLines(raw)
  return path.startsWith(ASSETS)
    ? { path, size: Buffer.byteLength(raw) }
    : { path, size: Buffer.byteLength(text), text }
}

/** The id in the manifest, in any spelling of the field. */
function idIn(source: Source, kind: Kind): string | undefined {
  const manifest = readManifest(source, kind, PORTS.yaml, [])
  if (!manifest) return undefined
  const normalized = kind.normalize?.(manifest.raw, manifest.file.path).manifest ?? manifest.raw
  const id = manifestId(kind, normalized)
  return typeof id === 'string' ? id : undefined
}

function checkAmong(
  source: Source,
  kind: Kind,
  { definition }: CheckResult,
  others: ReadonlyMap<string, Description>,
) {
  const find = (of: string, id: string) =>
    of === kind.id && id === source.id && definition
      ? kind.describe(definition)
      : others.get(nameOf({ kind: of, id }))
  return checkDefinition(source, kind, { find }, PORTS)
}

/**
 * A reference to the own id means the definition in the request, unless that is a draft and another version is live.
 */
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
    const there = others.get(nameOf({ kind: of, id }))
    const isSelf = of === kind.id && id === definition.id
    return (isSelf && (self.status !== 'draft' || !there) ? self : there) ?? 'missing'
  })
  return findings.get(entry) ?? []
}
