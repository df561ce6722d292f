import { Buffer } from 'node:buffer'
import { type Finding, findingMaker } from '../diagnostic.ts'
import { escaped, quoted } from '../fields/shown.ts'
import type { Limits } from '../kind.ts'
import { CORE_RULES } from '../rules.ts'
import { ASSETS, MAX_BODY, type Source, type SourceFile } from '../source.ts'

const makeFinding = findingMaker(CORE_RULES)

/** Plain lower-case ASCII paths: they need no closer check and cannot differ from another path by case alone. */
const PLAIN = /^(?:[a-z0-9_-]+\/)*[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/
/**
 * Names that Windows reserves for devices, with any extension (learn.microsoft.com, "Naming Files, Paths, and
 * Namespaces").
 */
const DEVICE = /(?:^|\/)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.[^/]*)?(?:\/|$)/iu
/** Characters that Windows refuses, and characters that are invisible in a list of files. */
const BAD_CHARACTER = /[\p{C}<>:"|?*]/u
const BAD_END = /[. ](?:\/|$)/
const OUTSIDE = /^\/|^[A-Za-z]:|\\|(?:^|\/)\.{0,2}(?:\/|$)/

/** Checks the names, sizes and number of the files, and adds the findings of collecting them. */
export function checkFiles(source: Source, limits: Limits, findings: Finding[]): void {
  if (source.findings.length) findings.push(...source.findings)
  if (source.files.length > limits.files)
    findings.push(
      makeFinding(
        'NOFX_FILE_COUNT',
        { file: '.' },
        `${source.id} has ${source.files.length} files, more than ${limits.files}`,
        'remove files, or split the definition',
      ),
    )
  let plain = true
  for (const file of source.files) {
    if (file.size > limits.textBytes || file.text === undefined) checkSize(file, source, limits, findings)
    if (PLAIN.test(file.path) && !DEVICE.test(file.path)) continue
    plain = false
    checkName(file.path, findings)
  }
  if (!plain) checkTwins(source.files, findings)
  checkTotal(source, findings)
}

/**
 * Bytes of all texts together. They travel as JSON in one body of at most `MAX_BODY` bytes; the difference leaves
 * room for paths and hashes.
 */
const MAX_TEXTS = MAX_BODY - 100_000
/** Escaping as JSON can make storable text at most six times as long; usual text grows only a little. */
const MAX_GROWTH = 6

function checkTotal({ id, files }: Source, findings: Finding[]): void {
  let size = 0
  for (const file of files) if (file.text !== undefined) size += file.size
  if (size * MAX_GROWTH <= MAX_TEXTS) return
  const total = files.reduce((sum, { text }) => sum + (text ? Buffer.byteLength(JSON.stringify(text)) : 0), 0)
  if (total > MAX_TEXTS)
    findings.push(
      makeFinding(
        'NOFX_TEXT_TOTAL',
        { file: '.' },
        `the texts of ${id} take ${total} bytes together, more than ${MAX_TEXTS}`,
        `shorten them, move some to ${ASSETS}, or split the definition`,
      ),
    )
}

function checkSize(file: SourceFile, source: Source, limits: Limits, findings: Finding[]): void {
  const { path, size, text } = file
  const isAsset = path.startsWith(ASSETS)
  const limit = isAsset ? limits.assetBytes : limits.textBytes
  if (size > limit)
    findings.push(
      makeFinding(
        'NOFX_FILE_SIZE',
        { file: path },
        `${path} is ${size} bytes, more than the ${limit} of ${isAsset ? 'an asset' : 'a text'}`,
        isAsset ? 'make it smaller' : `shorten it, or move it to ${ASSETS}`,
      ),
    )
  else if (!isAsset && text === undefined && !source.findings.some((finding) => finding.file === path))
    findings.push(
      makeFinding('NOFX_FILE_UNREADABLE', { file: path }, `${path} came without its text`, 'publish again'),
    )
}

function checkName(path: string, findings: Finding[]): void {
  const problem = pathProblem(path)
  if (problem === undefined) return
  if (problem === OUTSIDE_PROBLEM)
    findings.push(
      makeFinding(
        'NOFX_FILE_OUTSIDE',
        { file: path },
        `${quoted(path)} ${problem}`,
        'use a relative path with "/" and without ".."',
      ),
    )
  else
    findings.push(
      makeFinding('NOFX_FILE_NAME', { file: path }, `${quoted(path)} ${problem}`, renameHint(path, problem)),
    )
}

/** Names in two Unicode forms look the same, so the new one is written with escapes. */
function renameHint(path: string, problem: string): string {
  if (problem !== FORM_PROBLEM) return 'rename the file'
  return `rename the file to ${escaped(path.normalize('NFC'))} in JSON's notation (on macOS: git config core.precomposeunicode true)`
}

const FORM_PROBLEM = 'is not in Unicode normalisation form C'
const OUTSIDE_PROBLEM = 'is not a path inside the definition’s folder'

/** Why a definition must not have a file at this path; undefined if the path is allowed. */
export function pathProblem(path: string): string | undefined {
  if (PLAIN.test(path) && !DEVICE.test(path)) return undefined
  if (OUTSIDE.test(path)) return OUTSIDE_PROBLEM
  if (DEVICE.test(path)) return 'is a device name reserved by Windows'
  if (BAD_CHARACTER.test(path)) return 'has a character that is refused or invisible on some systems'
  if (BAD_END.test(path)) return 'ends in a dot or a space'
  return path === path.normalize('NFC') ? undefined : FORM_PROBLEM
}

function checkTwins(files: readonly SourceFile[], findings: Finding[]): void {
  for (const [path, twin] of pathTwins(files.map((file) => file.path)))
    findings.push(
      makeFinding(
        'NOFX_FILE_TWIN',
        { file: path },
        `${quoted(path)} and ${quoted(twin)} are the same file where case or normalisation is ignored`,
        'rename one of them',
      ),
    )
}

/**
 * The paths that are a file of their own on one file system and the same file as an earlier path on another, each with
 * that path.
 */
export function pathTwins(paths: readonly string[]): [path: string, twin: string][] {
  const pathByFold = new Map<string, string>()
  return paths.flatMap((path): [string, string][] => {
    const folded = foldCase(path)
    const twin = pathByFold.get(folded)
    if (twin !== undefined) return [[path, twin]]
    pathByFold.set(folded, path)
    return []
  })
}

/** Upper case first, so that `ß` equals `SS` and the Kelvin sign equals `k`. */
function foldCase(path: string): string {
  return path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC')
}
