// The browser's own verdict, beside the service's.

/**
 * @returns {Promise<{verdict?: string, reasons?: string[], disagrees?: boolean, alarm?: string, absent?: string}>}
 */
export async function secondOpinion() {
  return { absent: 'collateral' };
}
