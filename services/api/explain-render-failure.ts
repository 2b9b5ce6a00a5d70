import { ApiError } from '#libs/http/errors.ts';
import { RenderFailed } from '#libs/invoicing/pdf/render-pool.ts';

/** @throws always: a page that cannot be drawn is told as such, anything else as it is */
export function explainRenderFailure(error: unknown): never {
  if (!(error instanceof RenderFailed)) throw error;
  throw new ApiError(
    'unavailable',
    `The document stands, but its page was not made: ${error.message}. Ask again; it will be rendered then.`,
    { cause: error },
  );
}
