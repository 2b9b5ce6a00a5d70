/** Looks like a key and is none. */
export const PLANTED = `tb_test_${'planted'.repeat(7).slice(0, 43)}`;
