/** A credential contains an unbroken run of at least this many key characters. */
const SHORTEST = 20

/** 1: part of a key or token; 2: a digit; 3: an upper-case letter. */
const CLASSES = classes()

/** Credentials inside a URL, the only sort that may be short. */
const URL_CREDENTIALS = /:\/\/[^\s/:@]{1,256}:[^\s/@]{1,256}@/

/** What a credential starts with, or what precedes a credential. */
const KNOWN_TOKENS =
  /sb_secret_|eyJ[\w-]{10,}\.eyJ|bearer\s|\/deploy\/|(?:build|deploy)_hooks\/|\bsk-|gh[pousr]_|github_pat_|xox[abopr]-|xapp-|hooks\.slack\.com\/services\/|npm_|_authToken=|-----BEGIN|private_key|lin_api_|SG\.|shp(?:ss|at|ca|pa)_|ops_ey|secret_?access_?key/i

/** How far before a run of key characters its name may be, and how much of the run is checked. */
const BEFORE = 100
const WITHIN = 400

/**
 * A cheap test whether a text may contain a credential and needs the scanners. It takes about 1 ns per character,
 * because it reads only every 20th character outside of long runs of key characters.
 */
export function suspectsSecret(text: string): boolean {
  if (text.includes('@') && text.includes('://') && URL_CREDENTIALS.test(text)) return true
  let probe = SHORTEST - 1
  while (probe < text.length) {
    const low = probe - SHORTEST
    let start = probe
    while (start > low && classAt(text, start) > 0) start--
    if (start > low) probe = start + SHORTEST
    else {
      const end = runEnd(text, probe + 1)
      if (looksRandom(text, start + 1, end) && isKnown(text, start, end)) return true
      probe = end + SHORTEST
    }
  }
  return false
}

function isKnown(text: string, start: number, end: number): boolean {
  return KNOWN_TOKENS.test(text.slice(Math.max(0, start - BEFORE), Math.min(end, start + WITHIN) + 20))
}

function runEnd(text: string, from: number): number {
  let end = from
  while (end < text.length && classAt(text, end) > 0) end++
  return end
}

/** Words joined by hyphens or slashes have neither digits nor many capitals, so they do not look random. */
function looksRandom(text: string, from: number, to: number): boolean {
  let capitals = 0
  for (let at = from; at < to; at++) {
    const charClass = classAt(text, at)
    if (charClass === 2) return true
    if (charClass === 3 && ++capitals > 5) return true
  }
  return false
}

function classAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code < 128 ? (CLASSES[code] as number) : 0
}

function classes(): Uint8Array {
  const table = new Uint8Array(128)
  for (const char of 'abcdefghijklmnopqrstuvwxyz_-+/=') table[char.charCodeAt(0)] = 1
  for (const char of '0123456789') table[char.charCodeAt(0)] = 2
  for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') table[char.charCodeAt(0)] = 3
  return table
}
