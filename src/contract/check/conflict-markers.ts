import { type Finding, findingMaker } from '../diagnostic.ts'
import { CORE_RULES } from '../rules.ts'

const makeFinding = findingMaker(CORE_RULES)

// The lines that git writes around the two sides of a conflict, in this order.
const START = /^<<<<<<< /gm
const MIDDLE = /^=======\r?$/gm
const END = /^>>>>>>> /gm
/** Maximum number of findings in one file; more would add no information. */
const MOST = 10

/** Reports each conflict of a merge that was committed with its markers: all three lines, each at the start of a line. */
export function checkConflicts(file: string, text: string, findings: Finding[]): void {
  if (!text.includes('<<<<<<< ')) return
  for (let count = 0, from = 0; count < MOST; count++) {
    const offset = indexFrom(START, text, from)
    const end = indexFrom(END, text, indexFrom(MIDDLE, text, offset))
    if (end === text.length) return
    findings.push(
      makeFinding(
        'NOFX_CONFLICT_MARKERS',
        { file, offset },
        `${file} has the markers of a merge conflict`,
        'resolve the conflict and remove the three marker lines; indent them if they are an example',
      ),
    )
    from = end
  }
}

/** Where an expression matches at or after an offset; the end of the text if it does not. */
function indexFrom(marker: RegExp, text: string, from: number): number {
  marker.lastIndex = from
  return marker.exec(text)?.index ?? text.length
}
