"""What every entrance shares: who is calling, may they, problem documents, paging, and the page shell."""
