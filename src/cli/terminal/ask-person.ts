import { askText, type Terminal } from './ask-text.ts'

/** Asks on the terminal. Every answer but yes means no; so do the end of the input and an abort of `signal`. */
export async function askPerson(
  question: string,
  signal: AbortSignal,
  terminal?: Terminal,
): Promise<boolean> {
  const answer = await askText(`${question} [y/N]`, { signal }, terminal).catch(() => '')
  return /^y(es)?$/i.test(answer.trim())
}
