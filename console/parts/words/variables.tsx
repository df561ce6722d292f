import { markVariables } from '../../model/texts/variable-marks.ts'
import { Pieces } from './foreign.tsx'

/** A text of a prompt with its variables marked. */
export function Variables({ text }: { text: string }) {
  return (
    <>
      {markVariables(text).map(({ at, text: piece, isVariable }) =>
        isVariable ? <mark key={at}>{piece}</mark> : <Pieces key={at} text={piece} />,
      )}
    </>
  )
}
