import { Heading } from '../parts/shell/heading.tsx'
import { Link } from '../parts/words/link.tsx'

/** A path that the console does not have. */
export default function NotFound() {
  return (
    <div class="page">
      <Heading title="Not found" />
      <p class="soft">
        The console has no page here. <Link to="/">Go to what is live now</Link>
      </p>
    </div>
  )
}
