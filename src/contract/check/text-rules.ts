import type { Finding } from '../diagnostic.ts'
import type { Source } from '../source.ts'
import { NO_EXAMPLES } from '../text/example-secrets.ts'
import { checkHiddenText, mayHide } from '../text/hidden-text.ts'
import { checkOwnSecrets } from '../text/secret-rules.ts'
import { suspectsSecret } from '../text/secret-suspicion.ts'
import { checkConflicts } from './conflict-markers.ts'
import { checkPointer } from './lfs-pointer.ts'

/**
 * Checks every text for hidden characters, conflict markers and secrets. Returns the paths of files that secretlint has to scan,
 * usually none.
 */
export function checkTexts(source: Source, findings: Finding[], examples = NO_EXAMPLES): string[] {
  const suspects: string[] = []
  for (const { path, size, text } of source.files) {
    if (text === undefined) continue
    checkPointer(path, text, findings)
    checkConflicts(path, text, findings)
    // The text is ASCII if it has as many bytes as UTF-16 units.
    if (mayHide(text, size === text.length)) checkHiddenText(text, path, findings)
    if (!suspectsSecret(text)) continue
    checkOwnSecrets(text, path, examples, findings)
    suspects.push(path)
  }
  return suspects
}
