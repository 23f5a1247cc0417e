import type { PluginRouter } from 'estafette/plugin';
import type { ContactsConfig } from './config';
import { exchangeRoutes } from './exchange/routes';
import {
  addAccount,
  changePassword,
  findBooks,
  refreshAccount,
  removeAccount,
  showAccounts,
  showFound,
} from './pages/accounts';
import { changeMember, favour, moveContact, removeContact, restoreContact } from './pages/actions';
import { addChosen, showAdd } from './pages/add';
import {
  createBook,
  deleteBook,
  renameBook,
  shareBook,
  showBooks,
  unshareBook,
} from './pages/books';
import { changeMany } from './pages/bulk';
import { changeCollected, showCollected } from './pages/collected';
import { page } from './pages/common';
import { mergeAsked, showDuplicates, showMerge, undoMerge } from './pages/duplicates';
import { save, showEdit } from './pages/edit';
import { showList } from './pages/list';
import { changePhoto, sendPhoto } from './pages/photo';
import { purge, showTrash } from './pages/trash';

/** A photo that is too large is told as such, so a little more is let in. */
const UPLOAD_BYTES = 12_000_000;

/** Below `/contacts`: reading changes nothing, each change is a form. */
export function routes(router: PluginRouter<ContactsConfig>): void {
  router.get('/', page(showList));
  router.get('/edit', page(showEdit));
  router.post('/edit', page(save));
  router.post('/bulk', page(changeMany));
  router.post('/delete', page(removeContact));
  router.post('/restore', page(restoreContact));
  router.post('/favourite', page(favour));
  router.post('/move', page(moveContact));
  router.post('/member', page(changeMember));
  router.get('/photo/:id', page(sendPhoto));
  router.post('/photo', page(changePhoto), { upload: { maxBytes: UPLOAD_BYTES } });
  router.get('/trash', page(showTrash));
  router.post('/purge', page(purge));
  router.get('/books', page(showBooks));
  router.post('/books/create', page(createBook));
  router.post('/books/rename', page(renameBook));
  router.post('/books/delete', page(deleteBook));
  router.post('/books/share', page(shareBook));
  router.post('/books/unshare', page(unshareBook));
  router.get('/accounts', page(showAccounts));
  router.post('/accounts', page(findBooks));
  router.get('/accounts/books', page(showFound));
  router.post('/accounts/books', page(addAccount));
  router.post('/accounts/refresh', page(refreshAccount));
  router.post('/accounts/password', page(changePassword));
  router.post('/accounts/remove', page(removeAccount));
  router.get('/add', page(showAdd));
  router.post('/add', page(addChosen));
  router.get('/collected', page(showCollected));
  router.post('/collected', page(changeCollected));
  router.get('/duplicates', page(showDuplicates));
  router.get('/merge', page(showMerge));
  router.post('/merge', page(mergeAsked));
  router.post('/undo', page(undoMerge));
  exchangeRoutes(router);
}
