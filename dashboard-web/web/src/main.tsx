import { render } from 'preact';
import { Store } from './core/store';
import './style.css';
import { App } from './ui/App';

const root = document.getElementById('app');
if (root) {
  const store = new Store();
  render(<App store={store} />, root);
  // Other tools link with a query, the page itself keeps what it shows behind the hash.
  void store.open(location.hash.length > 1 ? location.hash : location.search);
}
