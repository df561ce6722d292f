import { existsSync, fstatSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { versionLine } from './print-version.ts'
import { usualProject } from './usual.ts'
import { writeText } from './write-text.ts'

/** Columns of the texts that the build makes: for a pipe, and for a wide terminal. */
export const WIDTHS = [80, 100] as const
/** Stands in the texts for the line of versions. */
export const VERSION_PLACE = '{{version}}'
const STDOUT = 1
const ESCAPE = '\u001b'
/** The escape sequences of bold letters, the only ones in the texts. */
const BOLD = new RegExp(`${ESCAPE}\\[(?:1|22)m`, 'g')

/**
 * Prints a help from the texts that the build made with oclif, without loading oclif. Returns false, and has printed nothing,
 * where the help may be another one: with plugins, on a narrow terminal, and for words that oclif has to interpret.
 * @param root the folder of the package
 * @param words of the command line
 * @param paints whether oclif would use colours on this terminal
 */
export function printHelp(root: string, words: readonly string[], paints: () => boolean): boolean {
  try {
    const subject = readSubject(words)
    const form = subject === undefined || !usualProject() ? undefined : measureForm(paints)
    if (subject === undefined || !form) return false
    const texts = JSON.parse(readFileSync(join(root, 'dist/help.json'), 'utf8'))
    const text: unknown = Object.hasOwn(texts, subject) && texts[subject][WIDTHS.indexOf(form.width)]
    const line = versionLine(root)
    if (typeof text !== 'string' || line === undefined) return false
    const whole = text.replace(VERSION_PLACE, line)
    return writeText(form.bold ? whole : whole.replaceAll(BOLD, ''))
  } catch {
    return false
  }
}

/** The words of a command or topic, joined by spaces; undefined if there may be others among them. */
function readSubject(words: readonly string[]): string | undefined {
  const all = words[0] === 'help' ? [...words.slice(1), '--help'] : words
  const subject = all.at(-1) === '--help' ? all.slice(0, -1) : all
  return subject.every((word) => /^[a-z][a-z-]*$/.test(word)) ? subject.join(' ') : undefined
}

interface HelpForm {
  width: (typeof WIDTHS)[number]
  bold: boolean
}

function measureForm(paints: () => boolean): HelpForm | undefined {
  const [narrow, wide] = WIDTHS
  if (process.env.FORCE_COLOR !== undefined) return undefined
  // Asking process.stdout would load the streams of Node.js.
  if (process.platform !== 'win32' && !fstatSync(STDOUT).isCharacterDevice())
    return { width: narrow, bold: false }
  const { isTTY, columns } = process.stdout
  if (!isTTY) return { width: narrow, bold: false }
  const width = columns >= wide ? wide : columns === narrow || !columns ? narrow : undefined
  const bold = paints()
  return width === undefined || (bold && mayHaveTheme()) ? undefined : { width, bold }
}

/** A theme of the user's own gives oclif's help other colours. */
function mayHaveTheme(): boolean {
  const { NOFX_CONFIG_DIR, XDG_CONFIG_HOME, LOCALAPPDATA } = process.env
  if (NOFX_CONFIG_DIR) return true
  const folders = [XDG_CONFIG_HOME, LOCALAPPDATA, join(homedir(), '.config')]
  return folders.some((folder) => folder && existsSync(join(folder, 'nofx/theme.json')))
}
